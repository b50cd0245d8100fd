//! Addresses of whole repositories, as people copy them.

use crate::gitea_world::{CART, gitea, reader_of};

#[test]
fn only_a_bare_repository_of_a_known_host_is_one() {
    let reader = reader_of(&gitea(), "plain.example");
    for (address, expected) in [
        (CART, true),
        ("https://git.example.com/git/shop/cart/", true),
        ("https://git.example.com/git/shop/cart.git", true),
        ("https://github.com/acme/payments", true),
        (
            "https://git.example.com/git/shop/cart/src/branch/trunk/catalog-info.yaml",
            false,
        ),
        (
            "https://github.com/acme/payments/blob/main/catalog-info.yaml",
            false,
        ),
        ("https://github.com/acme/payments/tree/main", false),
        ("https://github.com/acme", false),
        ("https://plain.example/shop/cart", false),
        ("no address", false),
    ] {
        assert_eq!(reader.names_repository(address), expected, "{address}");
    }
}

#[tokio::test]
async fn the_default_branch_is_found_and_its_descriptors() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "plain.example");
    for address in [CART, &format!("{CART}/"), &format!("{CART}.git")] {
        let contents = reader.contents_of(address).await.unwrap();
        assert_eq!(contents, format!("{CART}/src/branch/trunk/"), "{address}");
    }
    let found = reader
        .search(&format!("{CART}/src/branch/trunk/**/catalog-info.yaml"), None)
        .await
        .unwrap();
    let found: Vec<&str> = found.files.iter().map(|file| file.url.as_str()).collect();
    assert!(
        found.iter().any(|url| url.ends_with("/trunk/catalog-info.yaml")),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|url| url.ends_with("/services/a/catalog-info.yaml")),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_has_no_files_is_told() {
    let gitea = gitea();
    let reader = reader_of(&gitea, "plain.example");
    for (name, expected) in [
        ("empty", "no commit yet"),
        ("absent", "there is no such repository"),
    ] {
        let fault = reader.contents_of(&CART.replace("cart", name)).await.unwrap_err();
        assert!(fault.message.contains(expected), "{name}: {}", fault.message);
    }
}
