//! PostgreSQL sends everybody away while orders come and images are built.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::service::{PATIENCE, Service, from_demo};
use crate::stand_in::Boss;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_under_orders_and_builds_loses_and_doubles_none() {
    let _boss = Boss::on("boss-22").await;
    let service = Service::start("boss-22");
    let builder = service.site.run(&["build_image", "build_ks", "update_image_status"]);
    builder.says("connected", PATIENCE);
    let kickstart =
        from_demo("part / --size=64\n%packages\nbusybox\nfilesystem\n%end\n%post\nsleep 2\n%end\n");
    let headers = service.site.path().join("headers");
    let mut refused = 0;
    let mut order = |number: usize, away: bool| {
        let order = json!({ "name": format!("n{number}"), "image_type": "fs", "arch": "x86_64", "kickstart": kickstart });
        let key = format!("Idempotency-Key: order-{number}");
        let start = Instant::now();
        loop {
            let words = ["--json", &order.to_string(), "-H", &key, "-D", headers.to_str().unwrap()];
            let (status, answer) = service.curl(&words, "jobs");
            match status.as_str() {
                "201" | "200" => return answer["image_id"].as_str().unwrap().to_owned(),
                "503" => {
                    refused += 1;
                    let headers = std::fs::read_to_string(&headers).unwrap().to_lowercase();
                    assert!(headers.contains("\nretry-after: 5"), "{headers}");
                    assert_eq!(answer["type"], "urn:img:try-again", "{answer}");
                    if away {
                        service.database.come_back();
                    }
                }
                other => panic!("{other}: {answer}"),
            }
            assert!(start.elapsed() < PATIENCE, "{answer}");
            std::thread::sleep(Duration::from_millis(200));
        }
    };

    let mut ids = vec![order(0, false)];
    service.becomes(&ids[0], "BUILDING");
    for number in 1..4 {
        service.database.send_all_away(); // in the middle of a build
        ids.push(order(number, true));
        service.database.send_all_away_for_a_moment();
    }
    assert!(refused >= 3, "it was away: {refused}");

    for id in &ids {
        let job = service.becomes(id, "DONE");
        assert!(job["error"].is_null(), "{job}");
    }
    let (_, all) = service.curl(&[], "jobs?limit=100");
    assert_eq!(all["jobs"].as_array().unwrap().len(), ids.len(), "one for each order: {all}");
    let (_, health) = service.curl(&[], "jobs?status=ERROR");
    assert_eq!(health["jobs"], json!([]));
}
