//! Software templates: from form to running project.
