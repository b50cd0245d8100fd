//! Names of controls: JSON pointers into the values of a form.

/// The pointer of a field of an object, or of a row of a list.
pub(crate) fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The last step of a pointer.
pub(crate) fn last(pointer: &str) -> String {
    let step = pointer.rsplit('/').next().unwrap_or_default();
    step.replace("~1", "/").replace("~0", "~")
}

/// The id of a control. Lists of ids are divided by spaces, so that an id has none.
pub(crate) fn id(pointer: &str) -> String {
    let plain = pointer.replace(char::is_whitespace, "~2");
    format!("field{plain}")
}
