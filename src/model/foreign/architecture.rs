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
    /// OLMo 1.
    Olmo,
    /// OLMo 2.
    Olmo2,
    /// GLM 4 and Z1 of April 2025.
    Glm4,
    /// StarCoder 2.
    Starcoder2,
    /// Helium 1.
    Helium,
    /// Granite 3.
    Granite,
    /// Granite 4 without state space layers and experts.
    Granite4,
    /// Mixtral.
    Mixtral,
    /// Qwen 1.5 and 2 with experts.
    Qwen2Moe,
    /// Qwen 3 with experts.
    Qwen3Moe,
}

/// All of them, as a person calls them.
pub const NAMES: [&str; 9] = [
    "Gemma 1 to 3 (text)",
    "Phi 1 to 4 without stretched positions",
    "OLMo 1 and 2",
    "GLM 4",
    "StarCoder 2",
    "Helium 1",
    "Granite 3 and dense Granite 4",
    "Mixtral",
    "Qwen 1.5 to 3 with experts",
];

impl Architecture {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Gemma,
        Self::Gemma2,
        Self::Gemma3,
        Self::Phi,
        Self::Phi3,
        Self::Olmo,
        Self::Olmo2,
        Self::Glm4,
        Self::Starcoder2,
        Self::Helium,
        Self::Granite,
        Self::Granite4,
        Self::Mixtral,
        Self::Qwen2Moe,
        Self::Qwen3Moe,
    ];

    /// The field `model_type`, and the class that transformers loads it as.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Gemma => ("gemma", "GemmaForCausalLM"),
            Self::Gemma2 => ("gemma2", "Gemma2ForCausalLM"),
            Self::Gemma3 => ("gemma3_text", "Gemma3ForCausalLM"),
            Self::Phi => ("phi", "PhiForCausalLM"),
            Self::Phi3 => ("phi3", "Phi3ForCausalLM"),
            Self::Olmo => ("olmo", "OlmoForCausalLM"),
            Self::Olmo2 => ("olmo2", "Olmo2ForCausalLM"),
            Self::Glm4 => ("glm4", "Glm4ForCausalLM"),
            Self::Starcoder2 => ("starcoder2", "Starcoder2ForCausalLM"),
            Self::Helium => ("helium", "HeliumForCausalLM"),
            Self::Granite => ("granite", "GraniteForCausalLM"),
            Self::Granite4 => ("granitemoehybrid", "GraniteMoeHybridForCausalLM"),
            Self::Mixtral => ("mixtral", "MixtralForCausalLM"),
            Self::Qwen2Moe => ("qwen2_moe", "Qwen2MoeForCausalLM"),
            Self::Qwen3Moe => ("qwen3_moe", "Qwen3MoeForCausalLM"),
        }
    }

    /// The field `model_type`.
    #[must_use]
    pub fn model_type(self) -> &'static str {
        self.words().0
    }

    /// The class that transformers loads it as.
    #[must_use]
    pub fn class(self) -> &'static str {
        self.words().1
    }

    /// Whether a copy of a sequence goes its own way. Some caches are written in place: copies would write into each
    /// other.
    pub(super) fn copies(self) -> bool {
        !matches!(self, Self::Gemma3 | Self::Glm4)
    }

    /// Positions whose memory a sequence takes at once, of a context of so many.
    pub(super) fn reserves(self, context: usize) -> usize {
        match self {
            Self::Gemma3 => context,
            Self::Glm4 => 512,
            _ => 0,
        }
    }

    /// Whether several tokens can be read behind others. Phi's mask has no place for a past.
    pub(super) fn reads_on(self) -> bool {
        self != Self::Phi
    }

    /// Whether the output head is the embedding table, whatever the file says.
    pub(super) fn ties(self) -> bool {
        use Architecture::{Gemma, Gemma2, Gemma3, Granite, Granite4, Starcoder2};
        matches!(self, Gemma | Gemma2 | Gemma3 | Starcoder2 | Granite | Granite4)
    }

    /// Whether the library takes a head to be as wide as the model divided by the heads, whatever the file says.
    pub(super) fn divides_width(self) -> bool {
        use Architecture::{Gemma, Gemma2, Gemma3, Glm4, Helium, Qwen3Moe};
        !matches!(self, Gemma | Gemma2 | Gemma3 | Glm4 | Helium | Qwen3Moe)
    }

    /// Whether the library looks back too far where there is a window, so that longer texts would come out wrong.
    pub(super) fn ends_at_window(self) -> bool {
        matches!(self, Self::Gemma2 | Self::Phi3 | Self::Starcoder2 | Self::Mixtral)
    }

    /// The field that says how many experts there are, of those who have some.
    pub(super) fn experts(self) -> Option<&'static str> {
        match self {
            Self::Mixtral => Some("num_local_experts"),
            Self::Qwen2Moe | Self::Qwen3Moe => Some("num_experts"),
            _ => None,
        }
    }
}
