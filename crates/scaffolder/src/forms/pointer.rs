//! Names of controls: JSON pointers into the values of a form.

/// The pointer of a field of an object, or of a row of a list.
pub(crate) fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What the rows of an object's further entries lie below: their names may change while they are filled in, so that
/// their controls have numbers.
pub(crate) fn further_rows(pointer: &str) -> String {
    format!("{pointer}#more")
}

/// The name of the control for the name of such an entry.
pub(crate) fn row_name(row: &str) -> String {
    format!("{row}#name")
}

/// The step of the object to whose further entries a step leads.
pub(crate) fn list_of_rows(step: &str) -> Option<&str> {
    step.strip_suffix("#more")
}

/// The key that a step of a pointer names.
pub(crate) fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The last step of a pointer.
pub(crate) fn last(pointer: &str) -> String {
    unescaped(pointer.rsplit('/').next().unwrap_or_default())
}

/// The id of a control. Lists of ids are divided by spaces, so that an id has none.
pub(crate) fn id(pointer: &str) -> String {
    let plain = pointer.replace(char::is_whitespace, "~2");
    format!("field{plain}")
}
