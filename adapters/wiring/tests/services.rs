//! The services the suite starts are real and answer.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[test]
fn rabbitmq_speaks_amqp() {
    let url = std::env::var("IMG_TEST_AMQP_URL")
        .expect("IMG_TEST_AMQP_URL is not set: run the tests by `make test`, which starts a RabbitMQ");
    let place = url.rsplit('@').next().unwrap().split('/').next().unwrap();
    let mut broker = TcpStream::connect(place).unwrap();
    broker.set_read_timeout(Some(Duration::from_secs(10))).unwrap();

    broker.write_all(b"AMQP\x00\x00\x09\x01").unwrap();

    // a method frame on channel 0: connection.start, version 0-9
    let mut start = [0; 13];
    broker.read_exact(&mut start).unwrap();
    assert_eq!((start[0], &start[1..3], &start[7..13]), (1, &[0, 0][..], &[0, 10, 0, 10, 0, 9][..]));
}
