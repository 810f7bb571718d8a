"""The scenarios by the names that `--only` knows, in the order in which they run."""

from . import dribble, finishes, keys, memory, rates, starts, storm, table, uploads

ALL = {
    "starts": starts,
    "finishes": finishes,
    "uploads": uploads,
    "rates": rates,
    "keys": keys,
    "storm": storm,
    "dribble": dribble,
    "memory": memory,
    "table": table,
}
