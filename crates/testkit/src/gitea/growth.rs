//! What adds to the world, moves things in it and takes them away.

use super::ask::Reply;
use super::change::Change;
use super::git::Commit;
use super::hooks::Target;
use super::repository::Repository;
use super::work::{Issue, Pull, Release, Run};
use super::world::{ADMIN, World};

use std::sync::Arc;

impl World {
    /// Adds a repository, and its owner as an organisation if there is none.
    pub(super) fn add_repository(&mut self, mut new: Repository) -> u64 {
        if self.account(&new.owner).is_none() {
            let owner = super::people::Account::organization(&new.owner);
            self.add_account(owner);
        }
        let id = self.next_id();
        (new.id, new.created) = (id, self.tick());
        new.updated = new.created;
        let first = std::mem::take(&mut new.first);
        let plan = std::mem::take(&mut new.plan);
        if !first.entries.is_empty() {
            let branch = new.default_branch.clone();
            new.commit_to(&branch, &first, self.signature(None), self.tick());
        }
        for (branch, change) in plan {
            new.commit_to(&branch, &change, self.signature(None), self.tick());
        }
        new.note_archived(self.tick());
        self.names.insert(new.full_name().to_lowercase(), id);
        self.repositories.insert(id, new);
        id
    }

    /// Gives a repository another owner or name; the old name leads to the new one until something else has it.
    pub(super) fn move_repository(&mut self, id: u64, owner: &str, name: &str) -> Result<(), Reply> {
        let new = format!("{owner}/{name}");
        if self.find(&new).is_some_and(|found| found.id != id) {
            return Err(self.fault(422, "The repository with the same name already exists."));
        }
        self.names.insert(new.to_lowercase(), id);
        let found = self.repository_mut(id);
        owner.clone_into(&mut found.owner);
        name.clone_into(&mut found.name);
        Ok(())
    }

    pub(super) fn forget_repository(&mut self, id: u64) {
        self.repositories.remove(&id);
        self.names.retain(|_, known| *known != id);
        self.hooks.retain(|_, hook| hook.target != Target::Repository(id));
    }

    /// Forgets an account that owns nothing any more.
    pub(super) fn forget_account(&mut self, login: &str) -> Result<(), Reply> {
        let own = |found: &Repository| found.owner.eq_ignore_ascii_case(login);
        if self.repositories.values().any(own) {
            return Err(self.fault(422, "user still has ownership of repositories"));
        }
        self.teams
            .retain(|_, team| !team.organization.eq_ignore_ascii_case(login));
        for team in self.teams.values_mut() {
            team.members.retain(|member| !member.eq_ignore_ascii_case(login));
        }
        if let Some(id) = self.logins.remove(&login.to_lowercase()) {
            self.accounts.remove(&id);
        }
        Ok(())
    }

    /// Commits to a branch, as the administrator unless the change names an author.
    pub(super) fn commit(&mut self, id: u64, branch: &str, change: &Change) -> Arc<Commit> {
        let (author, now) = (self.signature(None), self.tick());
        let found = self.repository_mut(id);
        found.commit_to(branch, change, author, now)
    }

    pub(super) fn add_issue(
        &mut self,
        id: u64,
        user: &str,
        title: &str,
        body: &str,
        pull: Option<Pull>,
    ) -> u64 {
        let (issue_id, now) = (self.next_id(), self.tick());
        let found = self.repository_mut(id);
        let number = found.issues.last().map_or(1, |issue| issue.number + 1);
        found.issues.push(Issue {
            id: issue_id,
            number,
            title: title.to_owned(),
            body: body.to_owned(),
            open: true,
            user: if user.is_empty() { ADMIN } else { user }.to_owned(),
            created: now,
            updated: now,
            pull,
        });
        number
    }

    /// Adds a release; its tag is made at the head of the default branch if it is new.
    pub(super) fn add_release(&mut self, id: u64, mut new: Release) {
        (new.id, new.created) = (self.next_id(), self.tick());
        let found = self.repository_mut(id);
        let head = found.head(&found.default_branch).map(str::to_owned);
        if let Some(head) = head.filter(|_| !new.draft) {
            found.tags.entry(new.tag.clone()).or_insert(head);
        }
        found.releases.push(new);
    }

    /// Adds a run. Its id goes on over all repositories, its number in the repository only.
    pub(super) fn add_run(&mut self, id: u64, mut new: Run) -> u64 {
        // Never the same: ids begin where numbers do not get.
        new.id = 1000 + self.next_id();
        new.started = self.tick();
        let run_id = new.id;
        let found = self.repository_mut(id);
        new.number = found.runs.len() as u64 + 1;
        if new.commit.is_empty() {
            found
                .head(&new.branch)
                .unwrap_or_default()
                .clone_into(&mut new.commit);
        }
        found.runs.push(new);
        run_id
    }
}
