//! What a test does to repositories: commits, moves, issues, runs.

use super::FakeGitea;
use super::change::Change;
use super::repository::Repository;
use super::routes::packed;
use super::server::lock;
use super::webhook::{Event, RefType};
use super::work::{Pull, Release, Run, Status};
use super::world::World;

/// What a push did to a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// `owner/name`.
    pub repository: String,
    /// The branch.
    pub branch: String,
    /// The commit before; zeros for a new branch.
    pub before: String,
    /// The commit now.
    pub after: String,
}

/// Repositories, and what happens to them. Repositories are named `owner/name`.
///
/// All of these panic when there is no such repository.
impl FakeGitea {
    /// Adds a repository, and its owner as an organisation if there is none; the answer is its number.
    pub fn repository(&self, repository: Repository) -> u64 {
        lock(&self.world).add_repository(repository)
    }

    fn change<T>(&self, full_name: &str, change: impl FnOnce(&mut World, u64) -> T) -> T {
        let mut world = lock(&self.world);
        let id = world.find(full_name).map(|found| found.id);
        let id = id.unwrap_or_else(|| panic!("there is no repository {full_name}"));
        change(&mut world, id)
    }

    /// Changes a repository: `|one| one.archived = true`. For its name and its owner there are [`Self::rename`] and [`Self::transfer`].
    pub fn edit<T>(&self, full_name: &str, change: impl FnOnce(&mut Repository) -> T) -> T {
        self.change(full_name, |world, id| {
            let now = world.tick();
            let found = world.repository_mut(id);
            let before = (found.topics.clone(), found.branches.clone());
            let answer = change(found);
            if before != (found.topics.clone(), found.branches.clone()) {
                found.updated = now;
            }
            found.note_archived(now);
            answer
        })
    }

    /// Commits to a branch, which is made from the default branch if it is new.
    pub fn push(&self, full_name: &str, branch: &str, change: Change) -> Push {
        self.change(full_name, |world, id| {
            let found = &world.repositories[&id];
            let before = found
                .head(branch)
                .map_or_else(|| found.format.zeros(), str::to_owned);
            let (repository, branch) = (full_name.to_owned(), branch.to_owned());
            let after = world.commit(id, &branch, &change).id.clone();
            Push {
                repository,
                branch,
                before,
                after,
            }
        })
    }

    /// Makes a branch at the head of the default branch; the push has no commits.
    pub fn branch(&self, full_name: &str, branch: &str) -> Push {
        self.edit(full_name, |found| {
            let after = found
                .head(&found.default_branch)
                .expect("the repository has commits")
                .to_owned();
            found.branches.insert(branch.to_owned(), after.clone());
            let (repository, branch) = (full_name.to_owned(), branch.to_owned());
            let before = found.format.zeros();
            Push {
                repository,
                branch,
                before,
                after,
            }
        })
    }

    /// Removes a branch. Gitea sends no push for it.
    pub fn delete_branch(&self, full_name: &str, branch: &str) -> Event {
        self.edit(full_name, |found| {
            found.branches.remove(branch).expect("the branch is there")
        });
        Event::Delete(full_name.to_owned(), RefType::Branch, branch.to_owned())
    }

    /// Gives a repository another name below its owner; the old one is a redirect from now on.
    pub fn rename(&self, full_name: &str, name: &str) {
        self.change(full_name, |world, id| {
            let owner = world.repositories[&id].owner.clone();
            assert!(
                world.move_repository(id, &owner, name).is_ok(),
                "{owner}/{name} is there already"
            );
        });
    }

    /// Gives a repository to another owner; the old name is a redirect from now on.
    pub fn transfer(&self, full_name: &str, owner: &str) {
        self.change(full_name, |world, id| {
            let name = world.repositories[&id].name.clone();
            assert!(
                world.move_repository(id, owner, &name).is_ok(),
                "{owner}/{name} is there already"
            );
        });
    }

    /// Removes a repository.
    pub fn delete(&self, full_name: &str) {
        self.change(full_name, World::forget_repository);
    }

    /// The archive of a branch, a tag or a commit, to be served where [`super::Settings::archives_at`] points.
    pub fn archive(&self, full_name: &str, reference: &str) -> Vec<u8> {
        self.change(full_name, |world, id| {
            let found = &world.repositories[&id];
            packed(found, found.commit_of(reference).expect("the commit is there"))
        })
    }

    /// Writes an issue; the answer is its number, which issues and pull requests share.
    pub fn issue(&self, full_name: &str, title: &str) -> u64 {
        self.change(full_name, |world, id| world.add_issue(id, "", title, "", None))
    }

    /// Proposes to merge a branch into the default branch; the answer is the number.
    pub fn pull(&self, full_name: &str, head: &str, title: &str) -> u64 {
        self.change(full_name, |world, id| {
            let (head, base) = (head.to_owned(), world.repositories[&id].default_branch.clone());
            let (draft, merged) = (false, false);
            world.add_issue(
                id,
                "",
                title,
                "",
                Some(Pull {
                    head,
                    base,
                    draft,
                    merged,
                }),
            )
        })
    }

    /// Closes an issue or a pull request.
    pub fn close(&self, full_name: &str, number: u64) {
        self.edit(full_name, |found| {
            let mut issues = found.issues.iter_mut();
            issues
                .find(|issue| issue.number == number)
                .expect("the issue is there")
                .open = false;
        });
    }

    /// Makes a release.
    pub fn release(&self, full_name: &str, release: Release) {
        self.change(full_name, |world, id| world.add_release(id, release));
    }

    /// Adds a run of Actions; the answer is its id.
    pub fn run(&self, full_name: &str, run: Run) -> u64 {
        self.change(full_name, |world, id| world.add_run(id, run))
    }

    /// Says of a branch, a tag or a commit how a check ended: `success`, `failure`, `pending` and others.
    pub fn status(&self, full_name: &str, reference: &str, context: &str, state: &str) {
        self.change(full_name, |world, id| {
            let (status_id, created) = (world.next_id(), world.tick());
            let found = world.repository_mut(id);
            let commit = found
                .commit_of(reference)
                .expect("the commit is there")
                .id
                .clone();
            found.statuses.push(Status {
                id: status_id,
                commit,
                context: context.to_owned(),
                state: state.to_owned(),
                description: String::new(),
                target_url: String::new(),
                creator: None,
                created,
            });
        });
    }
}
