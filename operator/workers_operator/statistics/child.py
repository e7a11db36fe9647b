"""The child process: read lists of counts from standard input, one a line, and write lists of p-values."""

import json
import sys

from workers_operator.statistics.exact import p_value


def main() -> None:
    """Answer until standard input ends."""
    for line in sys.stdin:
        values = [p_value(tuple(counts)) for counts in json.loads(line)]
        sys.stdout.write(json.dumps(values) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
