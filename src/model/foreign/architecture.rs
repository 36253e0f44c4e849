//! The architectures that are offered, and what has to be known of candle-transformers' implementation of each.

/// Whose decoder it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// Gemma 1, CodeGemma.
    Gemma,
    /// Gemma 2.
    Gemma2,
    /// The text models of Gemma 3.
    Gemma3,
    /// Phi 1, 1.5 and 2.
    Phi,
    /// Phi 3 and 4 without stretched positions.
    Phi3,
    /// OLMo 2.
    Olmo2,
}

impl Architecture {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Gemma,
        Self::Gemma2,
        Self::Gemma3,
        Self::Phi,
        Self::Phi3,
        Self::Olmo2,
    ];

    /// The field `model_type`.
    #[must_use]
    pub fn model_type(self) -> &'static str {
        match self {
            Self::Gemma => "gemma",
            Self::Gemma2 => "gemma2",
            Self::Gemma3 => "gemma3_text",
            Self::Phi => "phi",
            Self::Phi3 => "phi3",
            Self::Olmo2 => "olmo2",
        }
    }

    /// The class that transformers loads it as.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Gemma => "GemmaForCausalLM",
            Self::Gemma2 => "Gemma2ForCausalLM",
            Self::Gemma3 => "Gemma3ForCausalLM",
            Self::Phi => "PhiForCausalLM",
            Self::Phi3 => "Phi3ForCausalLM",
            Self::Olmo2 => "Olmo2ForCausalLM",
        }
    }

    /// Whether a copy of a sequence goes its own way. Gemma 3's cache is written in place: copies would write into each
    /// other.
    pub(super) fn copies(self) -> bool {
        self != Self::Gemma3
    }

    /// Whether a sequence takes the memory of the whole context at once.
    pub(super) fn reserves(self) -> bool {
        self == Self::Gemma3
    }

    /// Whether several tokens can be read behind others. Phi's mask has no place for a past.
    pub(super) fn reads_on(self) -> bool {
        self != Self::Phi
    }

    /// Whether the output head is the embedding table, whatever the file says.
    pub(super) fn ties(self) -> bool {
        matches!(self, Self::Gemma | Self::Gemma2 | Self::Gemma3)
    }
}
