# bench.json → a table in Markdown.

def digits: if . >= 100 then round elif . >= 10 then (. * 10 | round) / 10 elif . >= 1 then (. * 100 | round) / 100 else (. * 1000 | round) / 1000 end | tostring;
def least: if . == null then "" else "/" + (.least | digits) end;
def cell($row):
  if . == null then ""
  elif $row.of == "p99" then "\(.p99 | digits)\(if .met == false then " **MISSED**" elif .met then " ✓" else "" end)"
  else "\(.median | digits)/\(.least | digits)"
    + (if .ratio and .aim != null or (.ratio != null) then " ×\(.ratio | digits)" else "" end)
    + (if .met == false then " **MISSED**" elif .met then " ✓" else "" end)
  end;
def aim($row): [ $row.aims | to_entries[] | "\(.key) \(if $row.absolute then "≤" else "≤×" end)\(.value)" ] | join(", ");

.machine as $m
| "purser beside docker, \($m.date): \($m.cores) cores (\($m.cpu)), Linux \($m.kernel), engine \($m.engine) (\($m.storage)), CLI \($m.cli)\(if $m.compose != "" then ", compose \($m.compose)" else "" end), \($m.purser)",
  (if $m.quick == "1" then "BENCH_QUICK: small sizes; these figures say nothing about speed." else empty end),
  (if $m.missing != "" then $m.missing else empty end),
  "",
  "median/least of the rounds; × is the ratio of medians to docker's",
  "",
  "| what | unit | docker | by CLI | by socket | engine's files | others | aim |",
  "| --- | --- | --- | --- | --- | --- | --- | --- |",
  (.measured[] | . as $row
    | "| \(.what) | \(.unit) | \(.values.docker | if . then del(.ratio) else . end | cell($row)) | \(.values.cli | cell($row)) | \(.values.socket | cell($row)) | \(.values.files | cell($row)) | "
      + ([ (.values.loop | if . then "loop " + cell($row) else empty end), (.values.compose | if . then "compose " + cell($row) else empty end) ] | join(", "))
      + " | \(aim($row)) |"),
  "",
  ([.measured[].values[] | select(.met != null)] | "aims met: \(map(select(.met)) | length), missed: \(map(select(.met == false)) | length)")
