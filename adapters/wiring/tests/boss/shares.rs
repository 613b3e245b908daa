//! Participants on one RabbitMQ and one PostgreSQL share the work of a job service.

use std::time::{Duration, Instant};

use crate::service::{PATIENCE, Service, from_demo};
use crate::site::Program;
use crate::stand_in::Boss;

const JOBS: usize = 20;

/// An image that is made quickly.
fn tiny() -> String {
    from_demo("part / --size=64\n%packages\nfilesystem\n%end\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_participants_share_the_work_of_twenty_jobs() {
    let boss = Boss::on("boss-19").await;
    let service = Service::start("boss-19");
    let site = &service.site;
    let others = site.run(&["build_ks", "update_image_status"]);
    let builders = [site.run(&["build_image"]), site.run(&["build_image"])];
    builders.iter().chain([&others]).for_each(|program| program.says("connected", PATIENCE));

    let kickstart = tiny();
    let jobs: Vec<_> = (0..JOBS).map(|number| service.order(&format!("n{number}"), &kickstart)).collect();

    let start = Instant::now();
    while service.curl(&[], "jobs?status=DONE&limit=100").1["jobs"].as_array().map_or(0, Vec::len) < JOBS {
        let failed = service.curl(&[], "jobs?status=ERROR").1;
        assert_eq!(failed["jobs"], serde_json::json!([]), "{}", builders[0].log());
        assert!(start.elapsed() < PATIENCE, "{}", service.curl(&[], "jobs").1);
        std::thread::sleep(Duration::from_millis(200));
    }
    println!("{JOBS} jobs took {:?}", start.elapsed());
    let began = |program: &Program, id: &str| {
        let log = program.log();
        log.lines().filter(|line| line.contains(id) && line.ends_with(": started")).count()
    };
    let shares = builders
        .each_ref()
        .map(|builder| jobs.iter().map(|id| began(builder, &format!("image_id=\"{id}\""))).sum::<usize>());
    println!("they built {shares:?}");
    assert!(shares.iter().all(|share| *share > 0), "both build: {shares:?}");
    for id in &jobs {
        let times = builders.each_ref().map(|builder| began(builder, &format!("image_id=\"{id}\"")));
        assert_eq!(times.iter().sum::<usize>(), 1, "{id} is built once: {times:?}");
        let (_, history) = service.curl(&[], &format!("jobs/{id}/history"));
        let told: Vec<_> =
            history.as_array().unwrap().iter().filter(|event| event["kind"] == "became").collect();
        let becomes: Vec<_> = told.iter().map(|event| &event["what"]).collect();
        assert_eq!(becomes, ["BUILDING", "DONE"], "{id} is done once: {history}");
        let (_, files) = service.curl(&[], &format!("jobs/{id}/files"));
        assert!(files.to_string().contains(".tar"), "{files}");
    }
    let processes = boss.engine.processes(1_000).await.unwrap();
    assert!(processes.iter().all(process_engine::ProcessState::is_over), "{processes:?}");
}
