//! Joins the processed entity, all relations and all problems into the served form.
