use std::sync::Arc;

use greet::Greet;
use participant_core::{CancellationToken, Exo};
use skynet_amqp::{AmqpTransport, Settings};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_env_filter("info,lapin=off").init();
    let rabbit = Arc::new(AmqpTransport::new(Settings::from_url(&std::env::var("AMQP_URL")?)?));
    let worker = Exo::new("greet", Arc::new(Greet), rabbit.clone(), rabbit);
    let stop = CancellationToken::new();
    let ctrl_c = stop.clone();
    tokio::spawn(async move { tokio::signal::ctrl_c().await.map(|()| ctrl_c.cancel()) });
    Ok(worker.run(stop).await?)
}
