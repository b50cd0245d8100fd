//! What the place of a file says about it.

/// Folders of tests, fixtures and examples.
const FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "__tests__",
    "__mocks__",
    "__fixtures__",
    "fixture",
    "fixtures",
    "spec",
    "specs",
    "e2e",
    "mock",
    "mocks",
    "examples",
    "example",
    "samples",
    "sample",
    "benches",
    "cypress",
    "playwright",
    "golden",
    "snapshots",
    "conformance",
];

/// Whether a file is a test, a fixture or an example, by its path.
pub fn is_test(path: &str) -> bool {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    folders
        .split('/')
        .any(|folder| FOLDERS.iter().any(|known| folder.eq_ignore_ascii_case(known)))
        || is_test_file(file)
}

fn is_test_file(file: &str) -> bool {
    let stem = file.split('.').next().unwrap_or(file);
    let middle = file.contains(".test.") || file.contains(".spec.") || file.contains(".stories.");
    middle
        || stem.starts_with("test_")
        || ["_test", "_tests", "_spec"].iter().any(|end| stem.ends_with(end))
        || ((stem.ends_with("Test") || stem.ends_with("Tests") || stem.ends_with("Spec")) && stem.len() > 5)
        || matches!(stem, "test" | "tests" | "conftest")
}
