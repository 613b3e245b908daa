//! Repositories, as programs see them on the real program: what is published stays, whatever ends the program.

use std::time::{Duration, Instant};

use imaging::JobStatus;
use imaging::testing::small_image;
use serde_json::{Value, json};

use crate::program::Site;
use crate::support::{PATIENCE, Up};

/// Publishes the image of a job, and returns where that is told of, below `/api/v1/`.
fn publish(up: &Up, job: &str, name: &str) -> String {
    let wish = json!({ "job": job, "name": name }).to_string();
    let arguments = ["-H", "Content-Type: application/json", "-d", &wish];
    let begun = up.curl(&arguments, "repositories/main/images").json();
    let place = begun["url"].as_str().unwrap_or_else(|| panic!("{begun}"));
    place.strip_prefix("/api/v1/").unwrap().to_owned()
}

fn wait(up: &Up, place: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let start = Instant::now();
    loop {
        let task = up.get(place);
        if is_so(&task) {
            return task;
        }
        assert!(start.elapsed() < PATIENCE, "{task}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_service_that_is_killed_while_it_publishes_tells_that_it_is_lost_and_left_nothing() {
    let site = Site::new();
    let main = site.path().join("main");
    std::fs::create_dir(&main).unwrap();
    let mut up = Up::start_on(site, &format!("[repository]\nfolders = main={}\n", main.display()));
    up.password("admin");
    let token = ["user", "--config", "site.conf", "token", "admin", "--scope", "manage"];
    up.token = up.site.run(&token).stdout.trim().to_owned();
    let image = String::from_utf8(small_image(1)).unwrap();
    up.job("small", "/images", JobStatus::Done, &[("demo.raw", &image)]);
    let large = up.job("large", "/images", JobStatus::Done, &[("demo.raw", &image)]).join("demo.raw");
    std::fs::File::options().write(true).open(large).unwrap().set_len(192 << 20).unwrap();

    let whole = publish(&up, "small", "small");
    assert_eq!(wait(&up, &whole, |task| task["is_over"] == true)["state"], "done");
    let broken = publish(&up, "large", "large");
    let task = wait(&up, &broken, |task| task["is_over"] == true || task["done"].as_u64() > Some(0));
    assert_eq!(task["state"], "runs", "it has to be killed in the middle: {task}");
    up.process.kill().unwrap();
    up.process.wait().unwrap();
    up.start_again();

    for place in [&whole, &broken] {
        let task = up.get(place);
        assert_eq!((&task["state"], &task["is_over"]), (&json!("lost"), &json!(true)), "{task}");
    }
    let images = up.get("repositories/main/images");
    let told: Vec<_> =
        images.as_array().unwrap().iter().map(|image| (&image["path"], &image["state"])).collect();
    assert_eq!(told, [(&json!("small.img"), &json!("published"))]);
    assert!(!main.join("images/large.img").exists(), "nothing has the name of an image that is not whole");
    // the same once more goes
    let again = publish(&up, "large", "large");
    assert_eq!(wait(&up, &again, |task| task["is_over"] == true)["state"], "done");
    let left = std::fs::read_dir(main.join("images")).unwrap();
    let mut left: Vec<_> = left.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    left.retain(|name| !name.starts_with(".large.img.known") && !name.starts_with(".small.img.known"));
    assert_eq!(left.len(), 8, "two images, and three files of each: {left:?}");
}
