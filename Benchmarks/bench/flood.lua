-- wrk: starts with wrong keys, those of the file `args[1]` in turn, `args[2]` a second; `args[3]` is the body.
--
-- An open loop: each request has a moment at which it is due, whatever became of those before it, and takes the next
-- connection that is free. Where none is, the flood falls behind, and `requests` tells.
local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } moment;
    int clock_gettime(int clock, moment *now);
]]
local MONOTONIC = 1
local moment = ffi.new("moment")

local requests, turn, interval, due, thread = {}, 0, 0, nil, nil
unauthenticated, limited, unexamined, other = 0, 0, 0, 0

local function now()
    ffi.C.clock_gettime(MONOTONIC, moment)
    return tonumber(moment.seconds) * 1e3 + tonumber(moment.nanoseconds) / 1e6
end

function setup(made)
    thread = made
end

function init(args)
    interval = 1e3 / tonumber(args[2])
    for key in io.lines(args[1]) do
        local headers = { ["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/json" }
        requests[#requests + 1] = wrk.format("POST", nil, headers, args[3])
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

-- Milliseconds until the request of a free connection is due.
function delay()
    due = (due or now()) + interval
    return math.max(0, due - now())
end

function response(status)
    if status == 401 then
        unauthenticated = unauthenticated + 1
    elseif status == 429 then
        limited = limited + 1
    elseif status == 503 then
        unexamined = unexamined + 1
    else
        other = other + 1
    end
end

function done(summary)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "401": %d, "429": %d, "503": %d, "other": %d, "socket": %d}\n',
        summary.requests, summary.duration / 1e6, thread:get("unauthenticated"), thread:get("limited"),
        thread:get("unexamined"), thread:get("other"),
        errors.connect + errors.read + errors.write + errors.timeout))
end
