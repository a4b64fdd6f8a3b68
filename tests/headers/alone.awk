# Commands that compile a header alone, each with the part of the header that may be read as parsed: of the headers in
# `parsed`, the one that includes most among those that the header includes itself. What it sees is the same.
#   awk -v parsed="core/error.hpp …" -v folder=FOLDER -f alone.awk INCLUDES COMMANDS
# INCLUDES are lines "include/cardamom/<header>:#include <cardamom/<header>>", as grep -o -H prints them, COMMANDS name
# …/headers/cardamom_<header with _>.cpp, and FOLDER has the parts: core_error.pch and so on.
function named(header) {
  gsub(/[\/.]/, "_", header)
  return header
}

# Marks in seen[] what a header includes, by whatever way, and itself.
function mark(header, list, k, n) {
  if (header in seen) return
  seen[header] = 1
  ++marked
  n = split(includes[header], list, " ")
  for (k = 1; k <= n; ++k) mark(list[k])
}

function choose(header, best, p) {
  split("", seen)
  mark(header)
  for (p = 1; p <= parts; ++p) {
    if (part[p] != header && part[p] in seen && (!best || size[p] > size[best])) best = p
  }
  return best
}

FNR == NR {
  split($0, halves, ":#include <cardamom/")
  header = substr(halves[1], length("include/cardamom/") + 1)
  includes[header] = includes[header] " " substr(halves[2], 1, length(halves[2]) - 1)
  next
}

FNR == 1 {
  parts = split(parsed, part, " ")
  for (p = 1; p <= parts; ++p) {
    split("", seen)
    marked = 0
    mark(part[p])
    size[p] = marked
  }
  for (header in includes) chosen[named(header)] = choose(header)
}

{
  header = $0
  sub(/.*\/headers\/cardamom_/, "", header)
  sub(/\.cpp.*/, "", header)
  file = named(part[chosen[header]])
  sub(/_hpp$/, ".pch", file)
  print $0 (chosen[header] ? " -Xclang -fno-validate-pch -include-pch " folder "/" file : "")
}
