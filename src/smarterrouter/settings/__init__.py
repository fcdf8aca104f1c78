"""Configuration: every `ROUTER_*` setting, the optional YAML file, and the reference made from them."""
