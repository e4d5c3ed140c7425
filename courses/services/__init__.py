"""Every write of the courses, and the query objects its pages stand on."""
