"""The demonstration: a real server in a process of its own, and everybody around it played over HTTP.

It calls `firstkey` as a person would and knows nothing of the server's inside; the people, their devices and passkeys
are the simulator's, whose root this demonstration's own policy names and a site takes on localhost alone.
"""
