//! What the tables of every site promise.

use crate::{Entry, JobStatus, PostProcess, Queue, Registry, Table, registry};

/// Runs the promises of [`Registry`] against a new one.
///
/// # Panics
/// When a promise is broken.
pub async fn registry_keeps_its_promises(store: &dyn Registry) {
    let mut defaults = registry::defaults();
    defaults.sort_by(|one, two| (one.table(), one.name()).cmp(&(two.table(), two.name())));
    let mut all = Vec::new();
    for table in Table::ALL {
        all.extend(store.entries(table).await.unwrap());
    }
    assert_eq!(all, defaults);
    let launching =
        |name: &'static str| async move { store.queue(name).await.unwrap().map(|queue| queue.launches) };
    assert_eq!(
        [launching("web").await, launching("requests").await, launching("x").await],
        [Some(true), Some(false), None]
    );

    let process = PostProcess {
        name: "sign".into(),
        active: true,
        default: true,
        description: "signs \"images\"".into(),
        pdef: "Ruote.process_definition 'sign' do\nend\n".into(),
        argname: "key".into(),
        triggers: [JobStatus::Done, "DONE, Checked".parse().unwrap()].into(),
    };
    store.put(&Entry::PostProcess(process.clone()), "root", 1).await.unwrap();
    let off = PostProcess { active: false, ..process };
    store.put(&Entry::PostProcess(off.clone()), "root", 2).await.unwrap();
    assert_eq!(store.post_processes().await.unwrap(), [off]);

    let nightly = Queue { name: "nightly".into(), launches: true };
    store.put(&Entry::Queue(nightly.clone()), "root", 3).await.unwrap();
    assert_eq!(store.queue("nightly").await.unwrap(), Some(nightly));
    assert!(store.remove(Table::Queues, "nightly", "root", 4).await.unwrap());
    assert!(!store.remove(Table::Queues, "nightly", "root", 5).await.unwrap());
    assert!(!store.remove(Table::Arches, "sign", "root", 6).await.unwrap(), "a name belongs to its table");
}
