"""`./run bench [NAME ...]`: runs bench/NAME.py's `main()`, all of them without a name. It reports; it fails nothing."""

import importlib
import pkgutil
import sys

import bench


def main(names: list[str]) -> None:
    found = sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if not m.name.startswith("_"))
    for name in names or found:
        if name not in found:
            sys.exit(f"no bench named {name}; there are: {', '.join(found)}")
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
