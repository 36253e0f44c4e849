use super::{lanes::exp, *};
use crate::base::rng;
use rand::Rng as _;

fn noise(seed: u64, len: usize) -> Vec<f32> {
    let mut rng = rng::stream("kernel test", seed, &[]);
    (0..len).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn close(got: &[f32], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!(
            (f64::from(*got) - want).abs() < 1e-5 * want.abs().max(1.0),
            "{got} {want}"
        );
    }
}

/// Runs `f` on every instruction set here, holds that all give the same bits, and returns them.
fn on_all(f: impl Fn(Isa) -> Vec<f32>) -> Vec<f32> {
    let scalar = f(Isa::SCALAR);
    for isa in Isa::available() {
        assert!(
            f(isa)
                .iter()
                .map(|x| x.to_bits())
                .eq(scalar.iter().map(|x| x.to_bits())),
            "{} differs from scalar",
            isa.name()
        );
    }
    scalar
}

#[test]
fn the_exponential_is_good_to_the_last_digits_over_its_range() {
    for i in -8700..8800 {
        let x = i as f32 / 100.0;
        let (got, want) = (f64::from(exp(x)), f64::from(x).exp());
        assert!((got - want).abs() < 3e-7 * want, "exp({x}) = {got}, not {want}");
    }
    assert!(exp(-1e30) < 1e-37 && exp(1e30) > 1e38);
}

#[test]
fn a_packed_matrix_multiplies_like_the_textbook_for_every_shape() {
    for (rows, inputs, outputs) in [(1, 7, 5), (3, 16, 16), (13, 20, 50), (17, 33, 97)] {
        let (x, w) = (noise(1, rows * inputs), noise(2, outputs * inputs));
        let packed = Packed::stack(&[&w[..2 * inputs], &w[2 * inputs..]], inputs);
        let y = on_all(|isa| {
            let mut y = Vec::new();
            packed.forward(isa, &x, &mut y);
            y
        });
        let got: Vec<f32> = y
            .chunks(packed.stride())
            .flat_map(|y| &y[..outputs])
            .copied()
            .collect();
        let want: Vec<f64> = x
            .chunks(inputs)
            .flat_map(|x| w.chunks(inputs).map(move |w| dot(x, w)))
            .collect();
        close(&got, &want);
        let mut row = vec![0.0; inputs];
        packed.row(outputs - 1, &mut row);
        assert_eq!(row, w[(outputs - 1) * inputs..]);
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[test]
fn a_row_has_the_same_bits_alone_and_among_many() {
    let (rows, inputs, outputs) = (23, 40, 70);
    let (x, w) = (noise(3, rows * inputs), noise(4, outputs * inputs));
    let packed = Packed::stack(&[&w], inputs);
    for isa in Isa::available() {
        let (mut together, mut alone) = (Vec::new(), Vec::new());
        packed.forward(isa, &x, &mut together);
        for (x, y) in x.chunks(inputs).zip(together.chunks(packed.stride())) {
            packed.forward(isa, x, &mut alone);
            assert_eq!(y, alone);
        }
    }
}

#[test]
fn norm_gate_and_rotation_follow_their_formulas() {
    for len in [6, 16, 50] {
        let (x, w) = (noise(5, len), noise(6, len));
        let run = |f: &dyn Fn(Isa, &mut [f32])| {
            on_all(|isa| {
                let mut out = vec![0.0; len];
                f(isa, &mut out);
                out
            })
        };
        let scale = (dot(&x, &x) / len as f64 + 1e-6).sqrt();
        let want: Vec<f64> = x.iter().zip(&w).map(|(x, w)| f64::from(x * w) / scale).collect();
        close(&run(&|isa, out| rms_norm(isa, &x, &w, 1e-6, out)), &want);
        let silu = |x: f32| f64::from(x) / (1.0 + f64::from(-x).exp());
        let want: Vec<f64> = x.iter().zip(&w).map(|(x, w)| silu(*x) * f64::from(*w)).collect();
        close(&run(&|isa, out| silu_gate(isa, &x, &w, out)), &want);
        let angles = noise(7, len / 2);
        let (cos, sin): (Vec<f32>, Vec<f32>) = angles.iter().map(|a| (a.cos(), a.sin())).unzip();
        let turned = run(&|isa, out| {
            out.copy_from_slice(&x);
            rope(isa, out, &cos, &sin);
        });
        let want = |i: usize| match i.checked_sub(len / 2) {
            None => x[i] * cos[i] - x[i + len / 2] * sin[i],
            Some(j) => x[j] * sin[j] + x[i] * cos[j],
        };
        close(&turned, &(0..len).map(|i| f64::from(want(i))).collect::<Vec<_>>());
    }
}

#[test]
fn a_norm_whose_squares_overflow_is_not_a_number() {
    for isa in Isa::available() {
        let mut out = [0.0; 2];
        rms_norm(isa, &[1e20, 1.0], &[1.0; 2], 1e-6, &mut out);
        assert!(out.iter().all(|y| y.is_nan()), "{out:?}");
    }
}

#[test]
fn a_distribution_has_the_sum_and_the_mean_it_should() {
    let x: Vec<f32> = noise(8, 37).iter().map(|x| x * 9.0).collect();
    let got = on_all(|isa| {
        let mut out = vec![0.0; x.len()];
        let (max, sum, mean) = distribution(isa, &x, 0.5, &mut out);
        out.extend([max, sum, mean]);
        out
    });
    let max = x.iter().copied().fold(f32::MIN, f32::max);
    let shifted: Vec<f64> = x.iter().map(|x| f64::from(x - max) * 0.5).collect();
    let mut want: Vec<f64> = shifted.iter().map(|x| x.exp()).collect();
    let sum: f64 = want.iter().sum();
    let mean = want.iter().zip(&shifted).map(|(w, x)| w * x).sum::<f64>() / sum;
    want.extend([f64::from(max), sum, mean]);
    close(&got, &want);
}

#[test]
fn attention_over_blocks_is_softmax_attention() {
    for (heads, kv_heads, head_dim, len) in [(2, 1, 4, 1_usize), (4, 2, 6, 16), (4, 4, 32, 37)] {
        let shape = Attention {
            heads,
            kv_heads,
            head_dim,
            block_stride: 0,
            layer: 3,
        };
        let shape = Attention {
            block_stride: 3 + kv_heads * shape.head_stride() + 5,
            ..shape
        };
        let query = noise(9, heads * head_dim);
        // What stands in the cache behind the last position must not matter, whatever it is.
        let mut blocks = vec![f32::NAN; shape.block_stride * len.div_ceil(BLOCK)];
        let width = kv_heads * head_dim;
        let (keys, values) = (noise(10, len * width), noise(11, len * width));
        for (p, (k, v)) in keys.chunks(width).zip(values.chunks(width)).enumerate() {
            shape.store(&mut blocks, p, k, v);
        }
        let got = on_all(|isa| {
            let mut out = vec![0.0; heads * head_dim];
            attend(isa, shape, &query, &blocks, len, &mut Vec::new(), &mut out);
            out
        });
        let mut want = Vec::new();
        for (h, q) in query.chunks(head_dim).enumerate() {
            let at = h / (heads / kv_heads) * head_dim;
            let of = |x: &[f32], p: usize| x[p * width + at..][..head_dim].to_vec();
            let weights: Vec<f64> = (0..len)
                .map(|p| (dot(q, &of(&keys, p)) / (head_dim as f64).sqrt()).exp())
                .collect();
            let sum: f64 = weights.iter().sum();
            for i in 0..head_dim {
                want.push(
                    weights
                        .iter()
                        .enumerate()
                        .map(|(p, w)| w * f64::from(of(&values, p)[i]))
                        .sum::<f64>()
                        / sum,
                );
            }
        }
        close(&got, &want);
    }
}
