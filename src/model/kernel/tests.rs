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
            packed.forward(isa, &x, &mut y, &mut Buffers::default());
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
        packed.forward(isa, &x, &mut together, &mut Buffers::default());
        for (x, y) in x.chunks(inputs).zip(together.chunks(packed.stride())) {
            packed.forward(isa, x, &mut alone, &mut Buffers::default());
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
    for (heads, kv_heads, head_dim, first, len) in [
        (2, 1, 4, 0_usize, 1_usize),
        (4, 2, 6, 0, 16),
        (4, 4, 32, 0, 37),
        (4, 2, 16, 21, 37),
        (2, 2, 16, 32, 33),
    ] {
        let shape = Attention {
            cap: None,
            heads,
            kv_heads,
            head_dim,
            layer: 3,
        };
        let query = noise(9, heads * head_dim);
        // What stands in the cache behind the last position must not matter, whatever it is.
        let block = vec![f32::NAN; 3 + kv_heads * shape.head_stride() + 5];
        let mut pool: Vec<Box<[f32]>> = vec![block.into(); len.div_ceil(BLOCK) + 2];
        // Blocks need not lie in the order of the text.
        let table: Vec<u32> = (1..=len.div_ceil(BLOCK) as u32).rev().collect();
        let width = kv_heads * head_dim;
        let (keys, values) = (noise(10, len * width), noise(11, len * width));
        for (p, (k, v)) in keys.chunks(width).zip(values.chunks(width)).enumerate() {
            shape.store(&mut pool[table[p / BLOCK] as usize], p % BLOCK, k, v);
        }
        let past = Past {
            pool: &pool,
            table: &table,
            first,
            end: len,
        };
        let got = on_all(|isa| {
            let mut out = vec![0.0; heads * head_dim];
            attend(isa, shape, &query, past, &mut Vec::new(), &mut out);
            out
        });
        let mut want = Vec::new();
        for (h, q) in query.chunks(head_dim).enumerate() {
            let at = h / (heads / kv_heads) * head_dim;
            let of = |x: &[f32], p: usize| x[p * width + at..][..head_dim].to_vec();
            let weights: Vec<f64> = (first..len)
                .map(|p| (dot(q, &of(&keys, p)) / (head_dim as f64).sqrt()).exp())
                .collect();
            let sum: f64 = weights.iter().sum();
            for i in 0..head_dim {
                want.push(
                    weights
                        .iter()
                        .enumerate()
                        .map(|(p, w)| w * f64::from(of(&values, first + p)[i]))
                        .sum::<f64>()
                        / sum,
                );
            }
        }
        close(&got, &want);
    }
}

/// Rows of `encoding` that hold any bits, with factors of ordinary size.
fn rows(encoding: Encoding, outputs: usize, inputs: usize) -> Vec<u8> {
    let mut rng = rng::stream("kernel test rows", 1, &[outputs as u64]);
    let numbers = outputs * inputs;
    match encoding {
        Encoding::F32 => noise(12, numbers).iter().flat_map(|x| x.to_le_bytes()).collect(),
        // Exponents near 1, any sign and fraction.
        Encoding::F16 => (0..numbers)
            .flat_map(|_| (rng.random::<u16>() & 0x83ff | 0x3000).to_le_bytes())
            .collect(),
        Encoding::Bf16 => (0..numbers)
            .flat_map(|_| (rng.random::<u16>() & 0x807f | 0x3e00).to_le_bytes())
            .collect(),
        _ => (0..numbers / encoding.block_len())
            .flat_map(|_| {
                let mut block: Vec<u8> = (0..encoding.block_bytes()).map(|_| rng.random()).collect();
                let factors: &[usize] = match encoding {
                    Encoding::Q6K => &[208],
                    Encoding::Q4_1 | Encoding::Q5_1 | Encoding::Q4K | Encoding::Q5K => &[0, 2],
                    _ => &[0],
                };
                for at in factors {
                    let half = rng.random::<u16>() & 0x83ff | 0x2000;
                    block[*at..at + 2].copy_from_slice(&half.to_le_bytes());
                }
                block
            })
            .collect(),
    }
}

const ENCODINGS: [Encoding; 11] = [
    Encoding::F32,
    Encoding::F16,
    Encoding::Bf16,
    Encoding::Q4_0,
    Encoding::Q4_1,
    Encoding::Q5_0,
    Encoding::Q5_1,
    Encoding::Q8_0,
    Encoding::Q4K,
    Encoding::Q5K,
    Encoding::Q6K,
];

#[test]
fn every_number_type_multiplies_like_its_widened_numbers_with_the_same_bits_everywhere() {
    let (rows_of_x, inputs, outputs) = (13, 512, 50);
    let x = noise(13, rows_of_x * inputs);
    for encoding in ENCODINGS {
        let bytes = rows(encoding, outputs, inputs);
        let mut wide = vec![0.0; outputs * inputs];
        encoding.widen(&bytes, &mut wide);
        let mut packed = Packed::new(encoding, inputs);
        packed.reserve(outputs);
        packed.push(&bytes);
        let mut row = vec![0.0; inputs];
        for output in [0, 15, 16, outputs - 1] {
            packed.row(output, &mut row);
            assert_eq!(row, wide[output * inputs..][..inputs], "{encoding:?} {output}");
        }
        let y = on_all(|isa| {
            let mut y = Vec::new();
            packed.forward(isa, &x, &mut y, &mut Buffers::default());
            // One row alone has the same bits.
            let (mut alone, last) = (Vec::new(), &x[(rows_of_x - 1) * inputs..]);
            packed.forward(isa, last, &mut alone, &mut Buffers::default());
            assert_eq!(alone, y[(rows_of_x - 1) * packed.stride()..], "{encoding:?}");
            y
        });
        // Activations are rounded to 1/127 of the largest in their block.
        let (mut error, mut size) = (0.0, 0.0);
        for (x, y) in x.chunks(inputs).zip(y.chunks(packed.stride())) {
            for (w, y) in wide.chunks(inputs).zip(y) {
                let right = dot(x, w);
                error += (f64::from(*y) - right).powi(2);
                size += right.powi(2);
            }
        }
        let relative = (error / size).sqrt();
        let most = if encoding.block_len() == 1 { 1e-6 } else { 0.01 };
        assert!(relative < most, "{encoding:?}: {relative}");
    }
}

#[test]
fn several_threads_give_the_same_bits_as_one() {
    let (inputs, outputs) = (512, 1040);
    let pool = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    };
    for encoding in [Encoding::F32, Encoding::Bf16, Encoding::Q8_0, Encoding::Q6K] {
        let mut packed = Packed::new(encoding, inputs);
        packed.push(&rows(encoding, outputs, inputs));
        for rows in [1, 5] {
            let x = noise(14, rows * inputs);
            let run = |threads| {
                let mut y = Vec::new();
                pool(threads).install(|| packed.forward(Isa::detect(), &x, &mut y, &mut Buffers::default()));
                y
            };
            assert_eq!(run(1), run(3), "{encoding:?} {rows}");
        }
    }
}

#[test]
fn gelu_and_bounds_are_the_textbooks_and_hold_far_out() {
    let x: Vec<f32> = noise(11, 37)
        .iter()
        .map(|x| x * 6.0)
        .chain([0.0, 1e-4, 80.0, -80.0, 1e30, -1e30])
        .collect();
    let ones = vec![1.0; x.len()];
    let gelu = on_all(|isa| {
        let mut out = vec![0.0; x.len()];
        gelu_gate(isa, &x, &ones, &mut out);
        out
    });
    let wide = x.iter().map(|x| f64::from(*x));
    let inner = |x: f64| (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
    let want: Vec<f64> = wide.clone().map(|x| 0.5 * x * (1.0 + inner(x).tanh())).collect();
    close(&gelu, &want);
    let bounded = on_all(|isa| {
        let mut out = x.clone();
        bound(isa, &mut out, 5.0);
        out
    });
    close(
        &bounded,
        &wide.map(|x| 5.0 * (x / 5.0).tanh()).collect::<Vec<_>>(),
    );
}
