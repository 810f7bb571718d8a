-- wrk: starts of uploads, the keys of the file `args[1]` in turn; without a file, GET of the URL itself.
local requests, turn = {}, 0

function init(args)
    if args[1] then
        for key in io.lines(args[1]) do
            local headers = { ["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/json" }
            requests[#requests + 1] = wrk.format("POST", nil, headers, args[2])
        end
    else
        requests[1] = wrk.format()
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "status": %d, "socket": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
