#!/usr/bin/env bash
# Sets the reproduced placement experiment beside the published results, list by list: every mean with its difference from
# the published one, then every two policies whose published means differ by 0.3 or more and are ordered otherwise by ours.
#
#   bench/fgd_table.sh [--data DIR] [--seeds A..B] [LIST...]     DIR: examples/data/openb unless given; it has
#                                                                expected/summary.csv. Seeds: 42..51, the published ones.
#                                                                No LIST: all that DIR holds with a published result.
# Means are of the share of the cluster's GPUs that is allocated when requests for 100 % and for 130 % of it have arrived.
# Standard errors: of our mean, and of the difference. The deviation of the published runs is known at 100 % and taken for
# 130 % too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

data=examples/data/openb
seeds=42..51
while [ $# -gt 0 ]; do
  case $1 in
    --data) data=${2:?--data needs a folder}; shift 2 ;;
    --seeds) seeds=${2:?--seeds needs A..B}; shift 2 ;;
    -*) echo "fgd_table: unknown flag $1" >&2; exit 2 ;;
    *) break ;;
  esac
done
published=$data/expected/summary.csv
[ -r "$published" ] || { echo "fgd_table: $published is not there" >&2; exit 2; }
lists=("$@")
if [ ${#lists[@]} -eq 0 ]; then
  for list in $(tail -n +2 "$published" | cut -d, -f1 | uniq); do
    [ ! -e "$data/openb_pod_list_$list.csv" ] || lists+=("$list")
  done
fi

cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --target sillar >/dev/null

for list in "${lists[@]}"; do
  build/release/src/cli/sillar reproduce fgd --data "$data" --list "$list" --seeds "$seeds" -o csv |
    sed "1!s/^/$list,/; 1s/^/list,/"
done | awk -F, '
  function size(x) { return x < 0 ? -x : x }
  # Deviations of single published runs, by list and policy.
  FILENAME != "-" { theirs[$1, tolower($2)] = $6; runs_theirs[$1, tolower($2)] = $3; next }
  $1 == "list" { for (i = 1; i <= NF; ++i) column[$i] = i; next }
  $column["published.alloc_pct_100"] == "" { next }  # Ours: nothing to compare with.
  {
    for (level = 100; level <= 130; level += 30) {
      ours = $column["alloc_pct_" level ".mean"]
      known = $column["published.alloc_pct_" level]
      variance = $column["alloc_pct_" level ".sd"] ^ 2 / $column["runs"]
      error = sqrt(variance + theirs[$1, $2] ^ 2 / runs_theirs[$1, $2])
      if (cells == 0)
        printf "%-12s %5s  %-14s %9s %9s %7s %7s %7s\n", "list", "at", "policy", "published", "ours", "off", "error", "of both"
      printf "%-12s %3d %%  %-14s %9.2f %9.2f %+7.2f %7.2f %7.2f%s\n", $1, level, $2, known, ours, ours - known,
             sqrt(variance), error, (size(ours - known) > 0.5 ? "  > 0.5" : "")
      ++cells
      if (size(ours - known) <= 0.5) ++within
      else if (size(ours - known) <= 2 * error) ++by_chance
      if (size(ours - known) > most) most = size(ours - known)
      sum += ours - known
      squares += ((ours - known) / error) ^ 2
      for (i = 1; i <= held[$1, level]; ++i) {
        split(row[$1, level, i], other, " ")
        if (size(known - other[2]) < 0.2999) continue  # Published to two places.
        ++pairs
        if ((known - other[2]) * (ours - other[3]) > 0) continue
        odd[++turned] = sprintf("%s at %d %%: %s %.2f and %s %.2f published, %.2f and %.2f ours", $1, level, $2, known,
                                other[1], other[2], ours, other[3])
      }
      row[$1, level, ++held[$1, level]] = $2 " " known " " ours
    }
  }
  END {
    if (cells == 0) exit 1
    printf "\n%d means: %d within 0.5 of the published one, of the others %d within two standard errors; the farthest %.2f off\n",
           cells, within, by_chance, most
    printf "off by %+.3f on average; root mean square of off / error: %.2f\n", sum / cells, sqrt(squares / cells)
    printf "%d pairs of policies are 0.3 or more apart: the order of %d differs\n", pairs, turned
    for (i = 1; i <= turned; ++i) print "  " odd[i]
  }' "$published" -
