//! What follows attention in a layer: a gated projection, or many of them, of which each token asks a few (mixture of
//! experts: Shazeer et al. 2017, in the form of Qwen 3).

use super::FastError;
use crate::model::{
    Config,
    cache::Scratch,
    kernel::{self, Buffers, Encoding, Isa},
    linear::{Keep, Linear},
    tensors::Tensors,
};

/// The second half of a layer.
pub(super) enum Mlp {
    Whole(Gated),
    Experts {
        /// How much each expert is wanted `[experts, D]`.
        router: Linear,
        all: Vec<Gated>,
        /// Experts that a token asks.
        used: usize,
    },
}

/// `down(act(gate(x)) · up(x))`.
pub(super) struct Gated {
    gate_up: Linear,
    down: Linear,
    /// Width between the two, F.
    width: usize,
    gelu: bool,
}

/// Which token asks which expert, and how much the answer counts.
struct Choice {
    expert: usize,
    row: usize,
    weight: f32,
}

/// Buffers of the experts of one step.
#[derive(Default)]
pub(in crate::model) struct Asked {
    /// `[rows, experts]`.
    scores: Vec<f32>,
    choices: Vec<Choice>,
    /// What one expert is asked and answers `[rows that ask it, D]`.
    questions: Vec<f32>,
    answers: Vec<f32>,
}

impl Mlp {
    /// The weights of layer `i`.
    ///
    /// # Errors
    /// The tensor that is missing, misshapen or unreadable.
    pub fn load(config: &Config, tensors: &dyn Tensors, i: usize, keep: Keep) -> Result<Self, FastError> {
        let name = format!("model.layers.{i}.mlp");
        let Some(experts) = &config.experts else {
            let width = config.intermediate_size;
            return Ok(Self::Whole(Gated::load(config, tensors, &name, width, keep)?));
        };
        let d = config.hidden_size;
        let router = [(format!("{name}.gate"), experts.count)];
        let expert = |e| {
            Gated::load(
                config,
                tensors,
                &format!("{name}.experts.{e}"),
                experts.width,
                keep,
            )
        };
        Ok(Self::Experts {
            router: Linear::load(tensors, &router, d, false, keep)?,
            all: (0..experts.count).map(expert).collect::<Result<_, _>>()?,
            used: experts.used,
        })
    }

    /// Distance between two rows of what [`Mlp::forward`] leaves.
    pub fn stride(&self, config: &Config) -> usize {
        match self {
            Self::Whole(gated) => gated.down.stride(),
            Self::Experts { .. } => config.hidden_size,
        }
    }

    pub fn bytes(&self) -> usize {
        let gated = |gated: &Gated| gated.gate_up.bytes() + gated.down.bytes();
        match self {
            Self::Whole(whole) => gated(whole),
            Self::Experts { router, all, .. } => router.bytes() + all.iter().map(gated).sum::<usize>(),
        }
    }

    /// How most of its numbers are written.
    pub fn encoding(&self) -> Option<Encoding> {
        match self {
            Self::Whole(gated) => Some(gated.gate_up.encoding()),
            Self::Experts { all, .. } => all.first().map(|gated| gated.gate_up.encoding()),
        }
    }

    /// From the normed stream of `scratch` to what is added to it, `scratch.out`.
    pub fn forward(&self, isa: Isa, d: usize, scratch: &mut Scratch) {
        let Scratch {
            normed,
            gate_up,
            gated,
            out,
            buffers,
            asked,
            ..
        } = scratch;
        let (router, all, used) = match self {
            Self::Whole(whole) => return whole.forward(isa, normed, [gate_up, gated, out], buffers),
            Self::Experts { router, all, used } => (router, all, *used),
        };
        router.forward(isa, normed, &mut asked.scores, buffers);
        asked.choices.clear();
        for (row, scores) in asked.scores.chunks_exact(router.stride()).enumerate() {
            choose(row, &scores[..router.outputs()], used, &mut asked.choices);
        }
        asked
            .choices
            .sort_unstable_by_key(|choice| (choice.expert, choice.row));
        out.clear();
        out.resize(normed.len(), 0.0);
        // In the order of the experts for every row, so that its sum does not depend on the other rows.
        for same in asked.choices.chunk_by(|a, b| a.expert == b.expert) {
            let expert = &all[same[0].expert];
            asked.questions.clear();
            for choice in same {
                asked.questions.extend_from_slice(&normed[choice.row * d..][..d]);
            }
            expert.forward(
                isa,
                &asked.questions,
                [gate_up, gated, &mut asked.answers],
                buffers,
            );
            let answers = asked.answers.chunks_exact(expert.down.stride());
            for (choice, answer) in same.iter().zip(answers) {
                let sum = &mut out[choice.row * d..][..d];
                sum.iter_mut()
                    .zip(answer)
                    .for_each(|(sum, x)| *sum += choice.weight * x);
            }
        }
    }
}

/// The experts that are wanted most, each weighted by its share of the wish for them.
fn choose(row: usize, scores: &[f32], used: usize, choices: &mut Vec<Choice>) {
    let first = choices.len();
    for (expert, score) in scores.iter().enumerate() {
        let weight = *score;
        choices.push(Choice { expert, row, weight });
    }
    let new = &mut choices[first..];
    new.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    choices.truncate(first + used);
    let new = &mut choices[first..];
    let most = new.first().map_or(0.0, |choice| choice.weight);
    new.iter_mut()
        .for_each(|choice| choice.weight = (choice.weight - most).exp());
    let sum: f32 = new.iter().map(|choice| choice.weight).sum();
    new.iter_mut().for_each(|choice| choice.weight /= sum);
}

impl Gated {
    fn load(
        config: &Config,
        tensors: &dyn Tensors,
        name: &str,
        width: usize,
        keep: Keep,
    ) -> Result<Self, FastError> {
        let (d, biased) = (config.hidden_size, config.mlp_bias);
        let part = |part: &str, outputs: usize| (format!("{name}.{part}_proj"), outputs);
        let gate_up = [part("gate", width), part("up", width)];
        Ok(Self {
            gate_up: Linear::load(tensors, &gate_up, d, biased, keep)?,
            down: Linear::load(tensors, &[part("down", d)], width, biased, keep)?,
            width,
            gelu: config.gemma.is_some(),
        })
    }

    /// `room` is for what comes between, and for the result `[rows, stride]`.
    fn forward(&self, isa: Isa, x: &[f32], room: [&mut Vec<f32>; 3], buffers: &mut Buffers) {
        let ([gate_up, gated, out], f) = (room, self.width);
        self.gate_up.forward(isa, x, gate_up, buffers);
        let rows = gate_up.chunks_exact(self.gate_up.stride());
        gated.resize(rows.len() * f, 0.0);
        let act = if self.gelu {
            kernel::gelu_gate
        } else {
            kernel::silu_gate
        };
        for (gate_up, gated) in rows.zip(gated.chunks_exact_mut(f)) {
            act(isa, &gate_up[..f], &gate_up[f..2 * f], gated);
        }
        self.down.forward(isa, gated, out, buffers);
    }
}
