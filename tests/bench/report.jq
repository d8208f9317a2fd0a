# Raw results (ROW, METRIC, CONTENDER, SIZE, VALUE in tab-separated lines) → everything the table and the picture show.

def median: sort | if length % 2 == 1 then .[(length - 1) / 2] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def share($p): sort | .[((length - 1) * $p | floor)];
def stats: if length == 0 then null else { median: median, least: min, p99: share(0.99), rounds: length } end;

(reduce (inputs | split("\t")) as $r ({}; .[[$r[0], $r[1], $r[2], $r[3]] | join("/")] += [$r[4] | tonumber])) as $raw
| def all($name; $metric; $who; $size): $raw[[$name, $metric, $who, ($size | tostring)] | join("/")] // [];
  # What the client and the engine spend together, less what the engine spends while nobody follows.
  def total($name; $who; $size):
    all($name; "client"; $who; $size) as $client | all($name; "engine"; $who; $size) as $engine | all($name; "engine"; "none"; $size) as $none
    | [range(0; $client | length) | [$client[.] + $engine[.] - ($none[.] // 0), 0] | max];
  def values($name; $metric; $who; $size): if $metric == "total" then total($name; $who; $size) else all($name; $metric; $who; $size) end | stats;
  def mib($n): if $n >= 1000 then "\($n / 1000) GB" else "\($n) MB" end;

  # against: what is divided by. aims: of the ratio, or of the value itself (absolute).
  [ { row: 1, what: "`ps` of \($listed) containers, a process: wall", key: "ps", metric: "wall", size: $listed, unit: "ms", aims: { cli: 1.05, socket: 0.3 } },
    { row: 1, what: "the same: client CPU", key: "ps", metric: "cpu", size: $listed, unit: "ms", aims: { cli: 1.05, socket: 0.3 } },
    { row: 2, what: "`ps` at the prompt, against a process", key: "ps-prompt", metric: "wall", size: $listed, unit: "ms", aims: { socket: 0.15 } },
    { row: 3, what: "poll of \(mib($big)), nothing new, against `docker logs --since 1s`", key: "poll", metric: "wall", size: $big, unit: "ms",
      aims: { cli: 0.01, socket: 0.01, files: 0.01 } },
    { row: 3, what: "the same against a poll of \(mib($small))", key: "poll", metric: "wall", size: $big, against_size: $small, unit: "ms",
      aims: { cli: 1.2, socket: 1.2, files: 1.2 } },
    { row: 4, what: "catching up \($lines) lines, against `docker logs >file`: wall", key: "catch", metric: "wall", size: $lines, unit: "ms",
      aims: { socket: 1.0, files: 0.1 } },
    { row: 4, what: "the same: client CPU", key: "catch", metric: "cpu", size: $lines, unit: "ms", aims: { socket: 0.3, files: 0.3 } },
    { row: 4, what: "the same: engine CPU", key: "catch", metric: "engine", size: $lines, unit: "ms", aims: {} },
    { row: 5, what: "following \($followed) containers, against `docker logs -f` of each: memory (PSS)", key: "follow", metric: "pss", size: $followed,
      unit: "MiB", aims: { cli: 0.0333, socket: 0.0333, files: 0.0333 } },
    { row: 5, what: "the same: CPU of client and engine, a minute", key: "follow", metric: "total", size: $followed, unit: "ms",
      aims: { cli: 0.5, socket: 0.5, files: 0.5 } },
    { row: 5, what: "the same: client CPU", key: "follow", metric: "client", size: $followed, unit: "ms", aims: {} },
    { row: 5, what: "the same: lag line → file, p50", key: "follow", metric: "p50", size: $followed, unit: "ms", aims: {} },
    { row: 5, what: "the same: lag line → file, p99", key: "follow", metric: "p99", size: $followed, unit: "ms", absolute: true,
      aims: { cli: 300, socket: 300, files: 50 } },
    { row: 5, what: "the same: lines seen", key: "follow", metric: "seen", size: $followed, unit: "%", absolute: true, aims: {} },
    { row: 6, what: "start to prompt", key: "prompt", metric: "wall", size: "-", unit: "ms", absolute: true, aims: { cli: 20, socket: 20 } },
    { row: 6, what: "Tab among \($candidates) containers, one fits: p99", key: "tab", metric: "wall", size: $candidates, unit: "ms", of: "p99",
      absolute: true, aims: { cli: 5 } },
    { row: 6, what: "Tab among \($candidates) networks, one fits: p99", key: "tab-network", metric: "wall", size: $candidates, unit: "ms", of: "p99",
      absolute: true, aims: { cli: 5 } },
    { row: 6, what: "Tab Tab among \($candidates) containers, ten are listed with what they are: p99", key: "tab-note", metric: "wall", size: $candidates, unit: "ms",
      of: "p99", absolute: true, aims: { cli: 5 } },
    { row: 6, what: "Tab Tab among \($candidates), all are listed: p99", key: "tab-list", metric: "wall", size: $candidates, unit: "ms", of: "p99",
      absolute: true, aims: {} }
  ]
| map(. as $row | ($row.of // "median") as $of
    | .values = (["docker", "loop", "compose", "cli", "socket", "files"]
        | map(. as $who | values($row.key; $row.metric; $who; $row.size) as $value | select($value)
            | (if $row.against_size then values($row.key; $row.metric; $who; $row.against_size)
               elif $row.absolute then null else values($row.key; $row.metric; "docker"; $row.size) end) as $against
            | { key: $who, value: ($value
                + (if $against and $against.median > 0 then { ratio: ($value.median / $against.median) } else {} end)
                | .aim = $row.aims[$who]
                | .met = (if .aim == null then null elif $row.absolute then .[$of] <= .aim else .ratio != null and .ratio <= .aim end)) })
        | from_entries))
| map(select(.values != {}) | if .against_size then del(.values.docker, .values.loop, .values.compose) else . end)
| { machine: $machine[0], measured: .,
    growth: [ { key: "poll", metric: "wall" }, { key: "ps-prompt", metric: "wall" }, { key: "idle", metric: "total" }
      | . as $g | ["docker", "cli", "socket", "files"][] as $who
      | [ $raw | keys[] | split("/") | select(.[0] == $g.key and .[2] == $who and .[3] != "-") | .[3] | tonumber ] | unique
      | map({ size: ., value: values($g.key; $g.metric; $who; .) }) | select(length > 0) | { key: $g.key, who: $who, points: . } ] }
