//! The HTTP client that the hub and servers are reached with: rustls with ring, the system's certificates and proxies.

use reqwest::ClientBuilder;
use std::{sync::Once, time::Duration};

/// A client with this program's name on it. Connecting may take ten seconds; how long a request may take is the caller's
/// to say.
pub fn client() -> ClientBuilder {
    static PROVIDER: Once = Once::new();
    // Fails only when somebody installed another one before, which is as good.
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .user_agent(concat!("backtrail/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
}
