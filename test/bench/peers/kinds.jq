# A whole snapshot in, its kinds out: jq holds the file as a tree, at 16 bytes and more a number.
.snapshot.meta as $meta
| ($meta.node_fields | length) as $width
| ($meta.node_fields | index("type")) as $type
| ($meta.node_fields | index("self_size")) as $size
| .nodes as $nodes
| reduce range(0; $nodes | length; $width) as $i
    ({}; ($nodes[$i + $type] | tostring) as $kind | .[$kind].count += 1 | .[$kind].bytes += $nodes[$i + $size])
| to_entries[]
| {kind: $meta.node_types[0][.key | tonumber], count: .value.count, bytes: .value.bytes}
