//! A repository in a folder of its own.

mod arrives;
mod bombs;
mod breaks;
mod conventions;
mod killed;
mod place;
mod volumes;

use imaging::testing::image_repository_keeps_its_promises;

use crate::place::Site;

#[tokio::test]
async fn it_keeps_the_promises_of_all_repositories() {
    let site = Site::new();
    let sources = tempfile::tempdir().unwrap();
    image_repository_keeps_its_promises(&site.repository, sources.path()).await;
    assert_eq!(site.names("images"), ["Aula 1"], "nothing is left but the folder of the unit");
    assert_eq!(site.names("images/Aula 1"), [""; 0]);
}
