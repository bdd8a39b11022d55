"""Every web page: thin handlers, pure views, Jinja templates; what a page does, it does through the API's endpoints."""
