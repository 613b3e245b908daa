//! What every list of jobs promises.

use super::job_store::{id, job};
use crate::{Cursor, JobAttempt, JobCare, JobFilter, JobSearch, JobStatus, JobStore, NewJob, Push, Tag};

/// Runs the promises of [`JobSearch`] against an empty store.
///
/// # Panics
/// When a promise is broken.
pub async fn job_search_keeps_its_promises<S: JobStore + JobCare + JobSearch>(store: &S) {
    let started = fill(store).await;
    filters_find_what_they_say(store).await;
    the_oldest_come_first_when_all_are_gone_through(store).await;
    pages_follow_each_other_whatever_happens_meanwhile(store).await;
    the_silent_are_found(store, started).await;
    tags_are_known(store).await;
}

/// Records 40 jobs, and brings some on their way.
async fn fill<S: JobStore + JobCare>(store: &S) -> i64 {
    for number in 0..40_i64 {
        let even = number % 2 == 0;
        let tags = if number % 10 == 0 { [Tag::parse("release").unwrap()].into() } else { [].into() };
        let asked = NewJob {
            request: format!("search {number}"),
            queue: if even { "web" } else { "requests" }.into(),
            user: if number % 3 == 0 { "ana" } else { "ben" }.into(),
            name: format!("{}-x86_64-Devel{number}", if number < 20 { "N900" } else { "héllo" }),
            image_type: if even { "raw" } else { "fs" }.into(),
            arch: if number % 5 == 0 { "armv7hl" } else { "x86_64" }.into(),
            tags,
            ..job("search")
        };
        let image = id(&format!("search-{number:02}"));
        store.record(&image, &asked, 1_000 + number).await.unwrap();
        let status = match number % 4 {
            0 => JobStatus::Done,
            1 => JobStatus::Error,
            2 => JobStatus::Building,
            _ => continue,
        };
        store.push(&image, &Push::new(status, JobAttempt::default()), 2_000 + number).await.unwrap();
    }
    2_000
}

async fn found(store: &dyn JobSearch, filter: &JobFilter) -> Vec<String> {
    let page = store.list(filter, None, 100).await.unwrap();
    assert_eq!(page.next, None);
    page.jobs.into_iter().map(|job| job.image_id.to_string().replace("search-", "")).collect()
}

async fn filters_find_what_they_say(store: &dyn JobSearch) {
    let all = store.list(&JobFilter::default(), None, 100).await.unwrap().jobs;
    assert_eq!(all.len(), 40);
    assert!(all.is_sorted_by_key(|job| std::cmp::Reverse(job.created_ms)));
    let text = |text: &str| Some(text.to_owned());
    let named = |name: &str| JobFilter { name: text(name), ..JobFilter::default() };
    let filters = [
        named("n900"),
        named("N9"),
        named("devel1"),
        named("devel3 HÉ"),
        named("hello"),
        named("900"),
        named("%"),
        named("x86_64' OR 1=1"),
        JobFilter { user: text("ana"), ..JobFilter::default() },
        JobFilter { queue: text("web"), ..JobFilter::default() },
        JobFilter { image_type: text("fs"), ..JobFilter::default() },
        JobFilter { arch: text("armv7hl"), ..JobFilter::default() },
        JobFilter { status: Some(JobStatus::Building), ..JobFilter::default() },
        JobFilter { tag: Some(Tag::parse("release").unwrap()), ..JobFilter::default() },
        JobFilter { user: text("ana"), status: Some(JobStatus::Error), ..JobFilter::default() },
        JobFilter { queue: text("web"), image_type: text("fs"), ..JobFilter::default() },
        JobFilter {
            name: text("devel"),
            tag: Some(Tag::parse("release").unwrap()),
            user: text("ben"),
            queue: text("web"),
            image_type: text("raw"),
            arch: text("armv7hl"),
            status: Some(JobStatus::Done),
        },
    ];
    let mut sizes = Vec::new();
    for filter in filters {
        let expected: Vec<_> = all
            .iter()
            .filter(|job| filter.wants(job))
            .map(|job| job.image_id.to_string().replace("search-", ""))
            .collect();
        assert_eq!(found(store, &filter).await, expected, "{filter:?}");
        sizes.push(expected.len());
    }
    assert_eq!(
        sizes,
        [20, 20, 11, 10, 0, 0, 40, 0, 14, 20, 20, 8, 10, 4, 3, 0, 1],
        "the filters tell jobs apart"
    );
}

async fn pages_follow_each_other_whatever_happens_meanwhile<S: JobStore + JobCare + JobSearch>(store: &S) {
    let filter = JobFilter { image_type: Some("raw".into()), ..JobFilter::default() };
    let (mut seen, mut after, mut pages) = (Vec::new(), None::<Cursor>, 0);
    loop {
        let page = store.list(&filter, after, 6).await.unwrap();
        seen.extend(page.jobs.iter().map(|job| job.image_id.to_string()));
        pages += 1;
        // somebody records, and deletes what was seen already
        let new = NewJob {
            image_type: "raw".into(),
            user: "meanwhile".into(),
            ..job(&format!("meanwhile {pages}"))
        };
        store.record(&id(&format!("meanwhile-{pages}")), &new, 9_000 + pages).await.unwrap();
        if let Some(done) = page.jobs.iter().find(|job| job.status == JobStatus::Done) {
            store.delete(&done.image_id, "root", 9_000).await.unwrap();
        }
        after = page.next.map(|next| next.to_string().parse().unwrap());
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..20).rev().map(|number| format!("search-{:02}", number * 2)).collect();
    assert_eq!(seen, expected);
    assert_eq!(pages, 4);
}

async fn the_oldest_come_first_when_all_are_gone_through(store: &dyn JobSearch) {
    let (mut seen, mut after) = (Vec::new(), None::<Cursor>);
    loop {
        let page = store.oldest(after, 15).await.unwrap();
        seen.extend(page.jobs);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let ids: Vec<_> = seen.iter().map(|job| job.image_id.to_string()).collect();
    let expected: Vec<_> = (0..40).map(|number| format!("search-{number:02}")).collect();
    assert_eq!(ids, expected);
    assert_eq!(seen[10].tags, [Tag::parse("release").unwrap()].into());
}

async fn the_silent_are_found(store: &dyn JobSearch, started: i64) {
    let silent = store.silent(started, 100).await.unwrap();
    let waiting: Vec<_> = silent.iter().map(|job| job.image_id.to_string()).collect();
    let expected: Vec<_> = (0..10).map(|number| format!("search-{:02}", number * 4 + 3)).collect();
    assert_eq!(waiting, expected, "those nobody began");
    assert_eq!(store.silent(started, 3).await.unwrap().len(), 3);
    let begun = store.silent(started + 11, 100).await.unwrap();
    assert_eq!(begun.len(), 13, "and those that were begun and are not over: {begun:?}");
}

async fn tags_are_known(store: &dyn JobSearch) {
    assert_eq!(store.tags("rel", 10).await.unwrap(), [Tag::parse("release").unwrap()]);
    assert_eq!(store.tags("x", 10).await.unwrap(), []);
    assert_eq!(store.tags("", 0).await.unwrap(), []);
}
