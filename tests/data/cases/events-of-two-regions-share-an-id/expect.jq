(.events | length == 2) and ([.events[].resource_key] | unique | length == 2)
