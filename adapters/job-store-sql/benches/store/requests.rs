//! What people and processes ask for.

use imaging::{Cursor, ImageId, JobAttempt, JobFilter, JobSearch, JobStatus, JobStore, NewJob, Push, Tag};
use job_store_sql::SqlJobStore;

/// A kind of request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Request {
    All,
    DeepPage,
    OfUser,
    Failed,
    BuildingInQueue,
    OfUserAndType,
    RareType,
    Named,
    NamedCommonly,
    Tagged,
    OneJob,
    Record,
    Push,
}

impl Request {
    pub(crate) const ALL: [Request; 13] = [
        Request::All,
        Request::DeepPage,
        Request::OfUser,
        Request::Failed,
        Request::BuildingInQueue,
        Request::OfUserAndType,
        Request::RareType,
        Request::Named,
        Request::NamedCommonly,
        Request::Tagged,
        Request::OneJob,
        Request::Record,
        Request::Push,
    ];

    pub(crate) fn order(self) -> usize {
        self as usize
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Request::All => "list, newest 30",
            Request::DeepPage => "list, from the middle",
            Request::OfUser => "list of a user",
            Request::Failed => "list of ERROR",
            Request::BuildingInQueue => "list of BUILDING in a queue",
            Request::OfUserAndType => "list of a user and a type",
            Request::RareType => "list of a rare type in a queue",
            Request::Named => "search for a name",
            Request::NamedCommonly => "search for two words all names have",
            Request::Tagged => "list of a tag",
            Request::OneJob => "one job",
            Request::Record => "creation, kickstart of 20 kB",
            Request::Push => "status update",
        }
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(self, store: &SqlJobStore, round: i64, size: i64) {
        let text = |text: &str| Some(text.to_owned());
        let all = JobFilter::default();
        let id = |number: i64| ImageId::reduce(&format!("bench-{number}")).expect("an id");
        let filter = match self {
            Request::All | Request::DeepPage => all,
            Request::OfUser => JobFilter { user: Some(format!("user{round}")), ..all },
            Request::Failed => JobFilter { status: Some(JobStatus::Error), ..all },
            Request::BuildingInQueue => {
                JobFilter { status: Some(JobStatus::Building), queue: text("web"), ..all }
            }
            Request::OfUserAndType => {
                JobFilter { user: Some(format!("user{round}")), image_type: text("raw"), ..all }
            }
            Request::RareType => JobFilter { image_type: text("vdi"), queue: text("api"), ..all },
            Request::Named => JobFilter { name: Some(format!("n{}", 100 + round)), ..all },
            Request::NamedCommonly => JobFilter { name: text("devel x86"), ..all },
            Request::Tagged => JobFilter { tag: Tag::parse("release").ok(), ..all },
            Request::OneJob => {
                let job = store.job(&id(1 + size * round / 61)).await.expect("the store can be read");
                assert!(job.is_some());
                return;
            }
            Request::Record => {
                let asked = NewJob {
                    request: format!("new {round}"),
                    queue: "web".into(),
                    user: format!("user{round}"),
                    name: format!("new{round}-x86_64-devel"),
                    kickstart: "# a line of a kickstart\n".repeat(850),
                    ..NewJob::default()
                };
                let new = ImageId::reduce(&format!("new-{round}")).expect("an id");
                store.record(&new, &asked, i64::MAX).await.expect("the store can be written");
                return;
            }
            Request::Push => {
                let attempt = JobAttempt { began: format!("2027 {round}"), process: "p".into() };
                let push = Push::new(JobStatus::Building, attempt);
                store.push(&id(1 + round * 7), &push, i64::MAX).await.expect("the store can be written");
                return;
            }
        };
        let after = matches!(self, Request::DeepPage).then_some(Cursor(size / 2));
        let page = store.list(&filter, after, 30).await.expect("the store can be read");
        assert!(!page.jobs.is_empty() || size < 100_000, "{filter:?} finds nothing");
    }
}
