//! Several programs at one file, and files that are none.

use std::error::Error;
use std::path::Path;

use sqlite_file::{make, open};

/// What a person reads.
async fn refusal(file: &Path) -> String {
    let error = open(file, 1).await.expect_err("it is no database");
    format!("{error}: {}", error.source().expect("SQLite says why"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_may_make_the_same_file_at_once() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new.db");
        let makers: Vec<_> = (0..8)
            .map(|number| {
                let file = file.clone();
                tokio::spawn(async move {
                    let pool = open(&file, 1).await.unwrap();
                    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS seen (number INTEGER)")
                        .execute(&pool)
                        .await
                        .unwrap();
                    sqlx::query("INSERT INTO seen VALUES ($1)").bind(number).execute(&pool).await.unwrap();
                })
            })
            .collect();
        for maker in makers {
            maker.await.unwrap();
        }

        let pool = open(&file, 1).await.unwrap();
        let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM seen").fetch_one(&pool).await.unwrap();

        assert_eq!(seen, 8);
    }
}

#[tokio::test]
async fn what_is_no_database_is_left_as_it_is_and_the_sentence_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let text = "these are no pages of a database\n".repeat(200);
    for content in [text.as_bytes(), &[0; 8192], b"\x7fELF", b"SQLite format 3\0"] {
        std::fs::write(&file, content).unwrap();

        let told = refusal(&file).await;

        assert!(told.contains("jobs.db, which is damaged, or no SQLite database: put back a copy"), "{told}");
        assert_eq!(std::fs::read(&file).unwrap(), content);
    }
}

#[tokio::test]
async fn a_damaged_database_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    make(&file).await.unwrap();
    let pool = open(&file, 1).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (x)").execute(&pool).await.unwrap();
    pool.close().await;
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100..4096].fill(0x5a); // the page that holds the schema
    std::fs::write(&file, bytes).unwrap();

    let told = refusal(&file).await;

    assert!(told.contains("which is damaged"), "{told}");
}

#[tokio::test]
async fn a_folder_in_its_place_is_told() {
    let folder = tempfile::tempdir().unwrap();

    let told = refusal(folder.path()).await;

    assert!(told.contains("which this user cannot make, read or write"), "{told}");
}

/// SQLite's own limit of pages stands for a disk: past it, it says the same and ends the transaction by itself.
#[tokio::test]
async fn a_disk_that_was_full_is_written_to_again_as_soon_as_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let pool = open(&folder.path().join("queue.db"), 1).await.unwrap();
    sqlx::query("CREATE TABLE t (bytes BLOB)").execute(&pool).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 40").execute(&pool).await.unwrap();
    let write = async |bytes: i64| {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO t VALUES (zeroblob($1))").bind(bytes).execute(&mut *transaction).await?;
        transaction.commit().await
    };

    write(1000).await.unwrap();
    let full = write(4 << 20).await.unwrap_err();
    write(1000).await.unwrap();

    assert!(full.to_string().contains("database or disk is full"), "{full}");
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM t").fetch_one(&pool).await.unwrap();
    assert_eq!(kept, 2);
}
