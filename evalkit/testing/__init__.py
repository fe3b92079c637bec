"""pytest suites: what the plugin does once a collected test asks for the fixture; nothing here is loaded before."""
