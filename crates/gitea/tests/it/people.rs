//! People of Gitea as entities.

use serde_json::{Value, json};
use testkit::FakeGitea;
use testkit::gitea::{Account, Kind, Trouble};

use crate::people_world::World;

const TEAMS: &str = "GET /orgs/{org}/teams";
const MEMBERS: &str = "GET /teams/{id}/members";

/// The organisation `shop` with two teams and three people, one of whom is only an owner.
fn shop() -> FakeGitea {
    let gitea = FakeGitea::start();
    gitea.account(
        Account::user("ada")
            .full_name("Ada Lovelace")
            .email("ada@example.com"),
    );
    gitea.user("grace");
    gitea.user("olga");
    gitea.user("alone");
    gitea.account(Account::user("gone").inactive());
    gitea.organization("shop");
    gitea.team("shop", "web", &["ada", "grace", "gone"]);
    gitea.team("shop", "Docs.Team", &["ada"]);
    gitea.join("shop", "Owners", "olga");
    gitea.join("shop", "Owners", "ada");
    gitea
}

fn members(entity: &Value) -> Vec<String> {
    let mut groups: Vec<String> = entity["spec"]["memberOf"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|group| group.as_str().unwrap().to_owned())
        .collect();
    groups.sort();
    groups
}

fn annotation<'e>(entity: &'e Value, key: &str) -> &'e str {
    entity["metadata"]["annotations"][key]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn organisations_teams_and_users_become_entities() {
    let gitea = shop();
    let world = World::with_people(&gitea, json!({})).await;
    let ada = world.until("user:default/ada", |_| true).await;
    assert_eq!(members(&ada), ["Docs.Team", "web"]);
    assert_eq!(ada["spec"]["profile"]["displayName"], "Ada Lovelace");
    assert_eq!(ada["spec"]["profile"]["email"], "ada@example.com");
    assert_eq!(annotation(&ada, "gitea.com/user-login"), "ada");
    assert_eq!(annotation(&ada, "gitea.com/host"), gitea.host());
    let page = format!("url:{}/ada", gitea.url());
    assert_eq!(annotation(&ada, "backstage.io/managed-by-location"), page);
    let web = world.until("group:default/web", |_| true).await;
    assert_eq!(web["spec"]["type"], "team");
    assert_eq!(web["spec"]["parent"], "shop");
    assert_eq!(annotation(&web, "gitea.com/team"), "shop/web");
    assert!(annotation(&web, "gitea.com/id").parse::<i64>().is_ok());
    let shop = world.until("group:default/shop", |_| true).await;
    assert_eq!(shop["spec"]["type"], "organization");
    // Who is in no team that is a group belongs to the organisation itself.
    let olga = world.until("user:default/olga", |_| true).await;
    assert_eq!(members(&olga), ["shop"]);
    assert!(world.entity("group:default/owners").await.is_none());
    assert!(
        world.entity("user:default/gone").await.is_none(),
        "the account is switched off"
    );
    assert!(
        world.entity("user:default/alone").await.is_none(),
        "it is in no team"
    );
    assert_eq!(world.problems().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_is_seen_at_the_next_reading() {
    let gitea = shop();
    let world = World::with_people(&gitea, json!({"users": "all", "ownersTeam": true})).await;
    let olga = world.until("user:default/olga", |_| true).await;
    assert_eq!(members(&olga), ["Owners"]);
    world.until("user:default/alone", |_| true).await;
    gitea.leave("shop", "web", "grace");
    gitea.remove_account("olga");
    gitea.user("new");
    gitea.team("shop", "ops", &["new"]);
    let new = world.until("user:default/new", |_| true).await;
    assert_eq!(members(&new), ["ops"]);
    world.until_gone("user:default/olga").await;
    let grace = world
        .until("user:default/grace", |grace| members(grace).is_empty())
        .await;
    assert_eq!(grace["kind"], "User");
}

/// Lists that fail take nothing away: neither groups nor members of groups.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_keeps_what_was_known() {
    let gitea = shop();
    let world = World::with_people(&gitea, json!({})).await;
    world.until("user:default/grace", |_| true).await;
    gitea.trouble(Trouble::with("/teams/", Kind::ServerError));
    gitea.leave("shop", "web", "grace");
    gitea.team("shop", "ops", &[]);
    // What could be read is taken in.
    world.until("group:default/ops", |_| true).await;
    let problem = world
        .until_problem("The members of the team shop/web cannot be listed")
        .await;
    assert!(problem.contains("answers 500"), "{problem}");
    assert_eq!(
        members(&world.entity("user:default/grace").await.unwrap()),
        ["web"]
    );
    gitea.calm();
    world.until_gone("user:default/grace").await;
    assert_eq!(world.problems().await, [""; 0]);
}

/// A process that begins while Gitea fails knows nothing from before, and takes nothing away all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_process_takes_nothing_away_either() {
    let gitea = shop();
    let world = World::with_people(&gitea, json!({})).await;
    world.until("user:default/grace", |_| true).await;
    gitea.trouble(Trouble::with("/teams/", Kind::ServerError));
    gitea.remove_account("grace");
    gitea.team("shop", "ops", &[]);
    let world = world.restart(|_| {}).await;
    world.until("group:default/ops", |_| true).await;
    world.until_problem("cannot be listed").await;
    assert_eq!(
        members(&world.entity("user:default/grace").await.unwrap()),
        ["web"]
    );
    assert_eq!(
        members(&world.entity("user:default/ada").await.unwrap()),
        ["Docs.Team", "web"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_two_want_are_said() {
    let gitea = shop();
    gitea.organization("other");
    gitea.team("other", "web", &["grace"]);
    gitea.team("other", "shop", &["grace"]);
    let world = World::with_people(&gitea, json!({})).await;
    let problem = world.until_problem("the team other/web").await;
    assert!(
        problem.contains("group:default/web is the team shop/web (number "),
        "{problem}"
    );
    world
        .until_problem("group:default/shop is the organisation shop")
        .await;
    let grace = world.until("user:default/grace", |_| true).await;
    assert_eq!(members(&grace), ["other", "web"]);
    let world = world
        .restart(|config| {
            config["catalog"]["providers"]["giteaOrg"]["main"]["teamNames"] = json!("organization-team");
        })
        .await;
    world.until("group:default/other-web", |_| true).await;
    let grace = world
        .until("user:default/grace", |grace| members(grace).len() == 3)
        .await;
    assert_eq!(members(&grace), ["other-shop", "other-web", "shop-web"]);
    world.until_gone("group:default/web").await;
}

/// An entity of another source stays as it is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entities_of_other_sources_are_not_overwritten() {
    let gitea = shop();
    let own = "\
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ada, title: From a file }
spec: { memberOf: [] }
";
    let world = World::start(&gitea, json!({}), own).await;
    world.until("user:default/ada", |_| true).await;
    let part = json!({"main": {"host": gitea.host(), "schedule": {"frequency": {"seconds": 1}}}});
    let world = world
        .restart(|config| config["catalog"]["providers"] = json!({"giteaOrg": part}))
        .await;
    let problem = world.until_problem("user:default/ada").await;
    assert!(
        problem.contains("conflicting entityRef user:default/ada"),
        "{problem}"
    );
    let ada = world.entity("user:default/ada").await.unwrap();
    assert_eq!(ada["metadata"]["title"], "From a file");
    world.until("user:default/grace", |_| true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_alone_are_added_to_groups_of_other_sources() {
    let gitea = shop();
    let own = "\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: web, title: From a file }
spec: { type: team, children: [] }
";
    let part = json!({"main": {"host": gitea.host(), "mode": "membersOnly", "schedule": {"frequency": {"seconds": 1}}}});
    let world = World::start(&gitea, json!({"providers": {"giteaOrg": part}}), own).await;
    let grace = world.until("user:default/grace", |_| true).await;
    assert_eq!(members(&grace), ["web"]);
    let web = world
        .until("group:default/web", |web| {
            let relations = web["relations"].as_array().cloned().unwrap_or_default();
            relations
                .iter()
                .any(|one| one["type"] == "hasMember" && one["targetRef"] == "user:default/grace")
        })
        .await;
    assert_eq!(web["metadata"]["title"], "From a file");
    assert_eq!(members(&world.until("user:default/ada", |_| true).await), ["web"]);
    assert!(world.entity("group:default/shop").await.is_none());
    assert!(world.entity("user:default/olga").await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_name_is_said() {
    let gitea = shop();
    let world = World::with_people(&gitea, json!({})).await;
    let before = world.until("user:default/grace", |_| true).await;
    gitea.edit_account("grace", |account| account.login = "hopper".to_owned());
    let after = world.until("user:default/hopper", |_| true).await;
    let number = annotation(&before, "gitea.com/id");
    assert_eq!(annotation(&after, "gitea.com/id"), number);
    world.until_gone("user:default/grace").await;
    let problem = world.until_problem("was renamed").await;
    assert_eq!(
        problem,
        format!(
            "The user number {number} was renamed: user:default/grace is user:default/hopper now, and what names user:default/grace \
             finds nothing"
        )
    );
}

/// A token that sees less says what it does not see; what it sees is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_token_does_not_see_is_said() {
    let gitea = shop();
    gitea.organization("closed");
    gitea.team("closed", "secret", &["grace"]);
    gitea.add_token("of-ada", "ada", &["read:organization", "read:user"]);
    let world = World::with_people(&gitea, json!({})).await;
    let world = world
        .restart(|config| config["integrations"]["gitea"][0]["password"] = json!("of-ada"))
        .await;
    let problem = world
        .until_problem("The teams of the organisation closed cannot be listed")
        .await;
    assert!(problem.contains("answers 403"), "{problem}");
    world.until_problem("is not an administrator's").await;
    world.until("group:default/web", |_| true).await;
    let world = world
        .restart(|config| {
            config["integrations"]["gitea"][0]["password"] = json!("narrow");
            gitea.add_token("narrow", "ada", &["read:user"]);
        })
        .await;
    let problem = world.until_problem("The organisations cannot be listed").await;
    assert!(problem.contains("read:organization"), "{problem}");
    assert!(
        world.entity("group:default/web").await.is_some(),
        "nothing is taken away"
    );
}

/// A reading costs one request for each page of organisations, one for each organisation and one for each team.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reading_costs_few_requests() {
    let gitea = FakeGitea::start();
    for number in 0..60 {
        let organization = format!("org-{number}");
        gitea.organization(&organization);
        gitea.user(&format!("user-{number}"));
        gitea.team(
            &organization,
            &format!("team-{number}"),
            &[&format!("user-{number}")],
        );
    }
    let world = World::with_people(&gitea, json!({})).await;
    world.until("user:default/user-59", |_| true).await;
    let (teams, members) = (gitea.calls_of(TEAMS), gitea.calls_of(MEMBERS));
    gitea.forget_calls();
    gitea.user("late");
    gitea.team("org-0", "late", &["late"]);
    world.until("user:default/late", |_| true).await;
    assert_eq!(
        (gitea.calls_of(TEAMS), gitea.calls_of(MEMBERS)),
        (teams, members + 1)
    );
    // The account, two pages of organisations and those of the account's own user beside them.
    let others = gitea.calls_in_all() - gitea.calls_of(TEAMS) - gitea.calls_of(MEMBERS);
    assert!(others <= 6, "{:#?}", gitea.calls());
}

#[test]
fn a_host_without_integration_is_said() {
    let value = json!({
        "integrations": {"gitea": [{"host": "gitea.example.com"}]},
        "catalog": {"providers": {"giteaOrg": {"a": {"host": "gitea.example.com"}, "b": {"host": "other.example.com"}}}},
    });
    let config = config::Config::from_value(value, std::path::Path::new("/")).unwrap();
    let [problem] = &gitea::problems(&config)[..] else {
        panic!("one problem")
    };
    assert_eq!(
        problem.fault.message,
        "catalog.providers.giteaOrg.b.host is other.example.com, which no entry of integrations.gitea has; nobody comes from it"
    );
    assert_eq!(problem.hint.as_deref(), Some("Write one of: gitea.example.com."));
}
