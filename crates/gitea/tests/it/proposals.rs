//! Descriptors that are proposed as pull requests, behind the router that the server uses.

use serde_json::json;
use testkit::FakeGitea;
use testkit::gitea::Repository;

use crate::world::{World, send};

const YAML: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: cart\nspec:\n  type: service\n  lifecycle: production\n  owner: team-a\n";

/// A world with one repository that was found, and the path of its form.
async fn found(repository: Repository) -> (World, axum::Router, String) {
    let gitea = FakeGitea::start();
    let id = gitea.repository(repository);
    let mut world = World::new(gitea, json!({"filters": {"archived": true}})).await;
    world.round().await;
    let router = world.router();
    (world, router, format!("/gitea/main/{id}/descriptor"))
}

#[tokio::test]
async fn a_descriptor_is_proposed_once() {
    let cart = Repository::new("shop/cart")
        .description("Takes orders")
        .topics(&["web"])
        .file("README.md", "# The cart\n")
        .file("CODEOWNERS", ".* @shop/cart-team\n")
        .file("Dockerfile", "FROM scratch\n")
        .file("openapi.yaml", "openapi: 3.0.0\n");
    let (world, router, path) = found(cart).await;
    let (status, list) = send(&router, "/gitea?state=without", None).await;
    assert_eq!(status, 200);
    assert!(list.contains(&path), "{list}");
    let (status, form) = send(&router, &path, None).await;
    assert_eq!(status, 200, "{form}");
    for part in [
        "owner: cart-team",
        "title: The cart",
        "type: service",
        "$text: ./openapi.yaml",
    ] {
        assert!(form.contains(part), "{part} in {form}");
    }
    let (_, again) = send(
        &router,
        &path,
        Some(&[
            ("go", "write"),
            ("name", "basket"),
            ("owner", "x"),
            ("type", "library"),
            ("lifecycle", "production"),
        ]),
    )
    .await;
    assert!(
        again.contains("name: basket") && again.contains("type: library"),
        "{again}"
    );
    let wrong = YAML.replace("cart", "not a name");
    let (status, told) = send(&router, &path, Some(&[("go", "open"), ("yaml", &wrong)])).await;
    assert_eq!(status, 200);
    assert!(told.contains("catalog-info.yaml:4:3"), "{told}");
    for _ in 0..2 {
        let (status, to) = send(&router, &path, Some(&[("go", "open"), ("yaml", YAML)])).await;
        assert_eq!((status, to.as_str()), (303, path.as_str()));
    }
    let pull = format!("{}/shop/cart/pulls/1", world.gitea.url());
    let (_, opened) = send(&router, &path, None).await;
    assert!(opened.contains(&pull), "{opened}");
    let made = world.gitea.calls_of("POST /repos/{owner}/{repo}/pulls");
    assert_eq!(made, 1, "the second click finds the pull request");
    let events = world.audited.0.lock().clone();
    assert_eq!(
        events,
        ["gitea.descriptor.create done", "gitea.descriptor.create done"]
    );
}

#[tokio::test]
async fn what_cannot_be_written_is_told() {
    for (repository, reason) in [
        (
            Repository::new("shop/old").file("a", "b").archived(),
            "is archived",
        ),
        (
            Repository::new("shop/copy").file("a", "b").mirror(),
            "follows another repository",
        ),
        (Repository::new("shop/new"), "has no commits yet"),
        (
            Repository::new("shop/known").file("catalog-info.yaml", "kind: X\n"),
            "has a file catalog-info.yaml already",
        ),
    ] {
        let (world, router, path) = found(repository).await;
        let (status, told) = send(&router, &path, Some(&[("go", "open"), ("yaml", YAML)])).await;
        assert_eq!(status, 409, "{reason}: {told}");
        assert!(told.contains(reason), "{reason} in {told}");
        assert_eq!(*world.audited.0.lock(), ["gitea.descriptor.create failed"]);
    }
    let (_, router, _) = found(Repository::new("shop/cart").file("a", "b")).await;
    let (status, _) = send(&router, "/gitea/main/99999/descriptor", None).await;
    assert_eq!(status, 404);
}
