"""Speed and size of Gehoord, each figure beside a bare loop of the same minute; `python -m benchmarks` runs all."""
