"""Every write of this app, and what joins the services of others."""
