//! What jobs take on the disk is told, whoever made their folders.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileExt, symlink};
use std::time::Duration;

use imaging::{DiskUse, JobFiles};
use job_files_dir::JobFilesDir;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn each_layer_has_its_jobs_and_what_they_take() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("images");
    let files = JobFilesDir::new(base.clone());
    assert_eq!(files.disk_use(PATIENCE).await.unwrap(), DiskUse { is_whole: true, ..DiskUse::default() });
    for (job, size) in
        [("web/ana/one", 3 << 20), ("web/ana/two.partial-x", 1 << 20), ("api/ben/three", 8 << 20)]
    {
        fs::create_dir_all(base.join(job).join("deep")).unwrap();
        fs::write(base.join(job).join("n.log"), "log").unwrap();
        let mut image = fs::File::create(base.join(job).join("deep/n.raw")).unwrap();
        image.write_all(&vec![1; size]).unwrap();
        image.write_all_at(b"after a hole", 1 << 40).unwrap();
        image.sync_all().unwrap();
    }
    fs::create_dir_all(base.join("web/eve")).unwrap();
    fs::create_dir_all(folder.path().join("out/side")).unwrap();
    fs::write(folder.path().join("out/side/file"), vec![1; 20 << 20]).unwrap();
    symlink(folder.path().join("out"), base.join("web/link")).unwrap();
    symlink(folder.path().join("out"), base.join("web/ana/one/link")).unwrap();

    let told = files.disk_use(PATIENCE).await.unwrap();

    let layers: Vec<_> =
        told.layers.iter().map(|layer| (&*layer.prefix, layer.jobs, layer.bytes >> 20)).collect();
    assert_eq!(layers, [("api/ben", 1, 8), ("web/ana", 2, 4)]);
    assert!(told.is_whole && told.size > told.free && told.free > 0, "{told:?}");
    let hurried = files.disk_use(Duration::ZERO).await.unwrap();
    assert!(!hurried.is_whole && hurried.layers.is_empty() && hurried.size == told.size, "{hurried:?}");
}
