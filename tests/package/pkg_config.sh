#!/bin/sh
# Compiles and runs a consumer with nothing but the flags pkg-config prints.
set -eu
compiler=$1 pkg_config=$2 path=$3 source=$4 program=$5
flags=$(PKG_CONFIG_PATH="$path" "$pkg_config" --cflags --libs cardamom)
# shellcheck disable=SC2086
"$compiler" -std=c++20 -O1 "$source" -o "$program" $flags
"$program"
