#!/usr/bin/env python3
"""Prints the services of a feature matrix, comma separated.

A variable DEVSTACK_GATE_X of the environment that is neither empty, 0 nor false switches the configuration "x" on.
"""

import argparse
import os
import sys

import yaml

OFF = ("", "0", "false", "False", "FALSE")
PREFIX = "DEVSTACK_GATE_"


def normalize(branch, default):
    if branch.startswith("feature/"):
        return default
    for prefix in ("stable/", "proposed/"):
        if branch.startswith(prefix):
            return branch[len(prefix):]
    return branch


def as_list(value):
    return list(value) if value else []


def switched_on(environment):
    return [name[len(PREFIX):].lower() for name, value in sorted(environment.items())
            if name.startswith(PREFIX) and value not in OFF]


def chosen_features(matrix, branch, configs):
    features = set(as_list(matrix["config"]["default"].get(branch)))
    removed = set()
    for config in configs:
        entry = matrix["config"].get(config) or {}
        features.update(as_list(entry.get("features")))
        removed.update(as_list(entry.get("rm-features")))
    return features - removed


def services_of(matrix, branch, features):
    services, removed = [], set()
    for feature in sorted(features):
        for part in ("base", branch):
            entry = (matrix["features"].get(feature) or {}).get(part) or {}
            services += [s for s in as_list(entry.get("services")) if s not in services]
            removed.update(as_list(entry.get("rm-services")))
    return sorted(s for s in services if s not in removed)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-f", "--features", default="features.yaml")
    parser.add_argument("-b", "--branch", required=True)
    arguments = parser.parse_args()
    with open(arguments.features, encoding="utf-8") as stream:
        matrix = yaml.safe_load(stream)
    branches = matrix["branches"]
    branch = normalize(arguments.branch, branches["default"])
    if branch not in branches["allowed"]:
        sys.exit("ERROR: branch not allowed by features matrix: %s" % branch)
    configs = switched_on(os.environ)
    if "no_services" in configs:
        features = set(as_list(((matrix["config"].get("no_services") or {}).get("features"))))
    else:
        features = chosen_features(matrix, branch, configs)
    print(",".join(services_of(matrix, branch, features)))


if __name__ == "__main__":
    main()
