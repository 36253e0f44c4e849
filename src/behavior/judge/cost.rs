//! What a judge took.

use crate::base::words::counted;
use serde::Serialize;

/// Questions, tokens and time of a judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Questions there were.
    pub questions: usize,
    /// Those that were answered from the cache.
    pub cached: usize,
    /// Requests, those included that asked again.
    pub requests: usize,
    /// Questions that were asked again because the answer could not be read.
    pub again: usize,
    /// Tokens that were read, as the engine tells.
    pub tokens_in: usize,
    /// Tokens that were written.
    pub tokens_out: usize,
    /// Seconds on the wall.
    pub seconds: f64,
    /// What the tokens cost at [`Price`], when it is known.
    pub money: Option<f64>,
}

/// What a million tokens cost, read and written; in whatever money the user thinks of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Read.
    pub read: f64,
    /// Written.
    pub written: f64,
}

impl std::str::FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            text.trim()
                .parse()
                .ok()
                .filter(|n: &f64| n.is_finite() && *n >= 0.0)
        };
        let pair = text.split_once(',');
        let price = pair.and_then(|(read, written)| Some((number(read)?, number(written)?)));
        let (read, written) = price.ok_or_else(|| {
            format!("`{text}` is no price: write what a million tokens cost, read and written, as 0.15,0.60")
        })?;
        Ok(Self { read, written })
    }
}

impl Cost {
    /// The same with what it costs.
    #[must_use]
    pub fn priced(mut self, price: Option<Price>) -> Self {
        self.money = price
            .map(|price| (price.read * self.tokens_in as f64 + price.written * self.tokens_out as f64) / 1e6);
        self
    }

    /// One line for a person.
    #[must_use]
    pub fn words(&self) -> String {
        let money = self
            .money
            .map_or_else(String::new, |money| format!(", cost {money:.4}"));
        let again = match self.again {
            0 => String::new(),
            again => format!(" ({again} asked again)"),
        };
        format!(
            "{}: {} from the cache, {}{again}; {} tokens read, {} written, {:.1} s{money}",
            counted(self.questions, "question"),
            self.cached,
            counted(self.requests, "request"),
            self.tokens_in,
            self.tokens_out,
            self.seconds
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_two_numbers() {
        let cost = Cost {
            questions: 1,
            requests: 2,
            again: 1,
            tokens_in: 2_000_000,
            tokens_out: 500_000,
            ..Cost::default()
        };
        let priced = cost.priced(Some("0.15, 0.6".parse().unwrap()));
        assert_eq!(priced.money, Some(0.6));
        assert_eq!(
            priced.words(),
            "1 question: 0 from the cache, 2 requests (1 asked again); 2000000 tokens read, 500000 written, 0.0 s, cost 0.6000"
        );
        for wrong in ["", "1", "1,", "1;2", "-1,2", "NaN,1"] {
            assert!(wrong.parse::<Price>().is_err(), "{wrong}");
        }
    }
}
