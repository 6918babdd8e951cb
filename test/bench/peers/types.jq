# A node stream in (with --null-input), its types out: one record in memory at a time.
reduce (inputs | select(has("type"))) as $node
  ({}; .[$node.type].count += 1 | .[$node.type].bytes += $node.size)
| to_entries[]
| {type: .key} + .value
