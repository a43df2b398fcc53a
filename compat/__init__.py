"""How close psopenai_py is to PSOpenAI: the recordings and their checker."""
