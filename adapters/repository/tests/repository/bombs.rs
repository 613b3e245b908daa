//! Files of which a few bytes unpack to more than anybody can wait for.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use imaging::testing::small_image;
use imaging::{ImageRepository, ImageState, Step, Tended, Watch};
use repository::Settings;
use tokio_util::sync::CancellationToken;

use crate::place::{Site, image};

/// 46 bytes of bzip2 that unpack to 46 MB of zeros.
const ZEROS: &[u8] = b"BZh91AY&SY\x0e\x09\xe2\xdf\x01\x5f\x8e\x40\x00\xc0\x00\x00\x08\x20\x00\x30\x80\x4dFB\xa0\x25\xa9\x0a\x80\x97\x17\x72\x45\x38\x50\x90\x0e\x09\xe2\xdf";

struct Stops(CancellationToken, Mutex<Vec<String>>);

#[async_trait]
impl Watch for Stops {
    fn step(&self, step: &Step) {
        self.1.lock().unwrap().push(step.name.clone());
    }

    fn stop(&self) -> CancellationToken {
        self.0.clone()
    }
}

fn site(patience: Duration) -> Site {
    Site::with(&Settings { settle: Duration::ZERO, patience, ..Settings::default() })
}

fn put_bomb(site: &Site, name: &str) {
    std::fs::write(site.images().join(name), ZEROS.repeat(200_000)).unwrap(); // nine terabytes of zeros
}

async fn round(site: &Site, watch: &Stops) -> Vec<Tended> {
    let start = Instant::now();
    let news = site.repository.tend(watch).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    news
}

#[tokio::test]
async fn bombs_keep_no_image_from_its_turn_and_leave_nothing_when_it_stops() {
    let (site, watch) = (site(Duration::from_secs(1)), Stops(CancellationToken::new(), Mutex::default()));
    for name in ["a.img", "b.img", "c.img"] {
        put_bomb(&site, name);
    }
    std::fs::write(site.images().join("good.img"), small_image(1)).unwrap();

    let news = round(&site, &watch).await;

    assert_eq!(news.last(), Some(&Tended::Published(image("good.img"))), "{news:?}");
    assert_eq!(news[..3], ["a.img", "b.img", "c.img"].map(|name| Tended::Reads(image(name))));
    std::fs::write(site.images().join("z.img"), small_image(2)).unwrap();
    let news = round(&site, &watch).await;
    assert_eq!(news.last(), Some(&Tended::Published(image("z.img"))), "{news:?}");
    let reads = news.iter().filter(|one| matches!(one, Tended::Reads(_))).count();
    assert!(reads >= 2, "and two of the bombs go on: {news:?}");
    assert!(matches!(site.repository.info(&image("c.img")).await.unwrap().state, ImageState::Locked(_)));
    let mut steps = watch.1.lock().unwrap().clone();
    steps.dedup();
    let all = ["a", "b", "c", "good", "z"].map(|name| format!("summing {name}.img"));
    assert_eq!(steps, all, "one is told of at a time");

    watch.0.cancel();

    assert_eq!(site.repository.tend(&watch).await.unwrap(), []);
    let start = Instant::now();
    while site.names("images").iter().any(|name| name.ends_with(".lock")) {
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", site.names("images"));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_takes_long_is_told_when_it_is_done() {
    let (site, watch) = (site(Duration::ZERO), Stops(CancellationToken::new(), Mutex::default()));
    std::fs::write(site.images().join("long.img"), ZEROS.repeat(10)).unwrap();
    let mut news = round(&site, &watch).await;
    assert_eq!(news, [Tended::Reads(image("long.img"))]);
    while news == [Tended::Reads(image("long.img"))] {
        tokio::time::sleep(Duration::from_millis(10)).await;
        news = round(&site, &watch).await;
    }
    // zeros are no image that anybody knows, and are summed as OpenGnsys does
    assert_eq!(news, [Tended::Published(image("long.img"))]);
    assert_eq!(round(&site, &watch).await, []);
}
