//! Parameters: reproducible, within their bounds, read back as written.

use candle_core::{DType, Device, Tensor};
use infra_gat::weights::{ensemble, random_gat, random_gatv2, random_seed_model};
use infra_gat::{
    Conv, ConvKind, CsrGraph, GatConvConfig, GatV2Weights, GatWeights, SeedModelConfig, SelfLoops,
    candle_core,
};

use crate::support::{bits, rows, tensor, wave_rows};

fn config() -> GatConvConfig {
    GatConvConfig { heads: 2, edge_dim: Some(3), ..GatConvConfig::new(5, 4) }
}

fn gat_bits(seed: u64, dtype: DType) -> Vec<u64> {
    let conv = random_gat(config(), seed, dtype, &Device::Cpu).unwrap();
    let GatWeights { lin, att_src, att_dst, lin_edge, att_edge, bias } = conv.weights();
    let optional = [lin_edge, att_edge, bias].map(|t| t.as_ref().unwrap());
    [lin, att_src, att_dst].into_iter().chain(optional).flat_map(bits).collect()
}

fn gatv2_bits(seed: u64) -> Vec<u64> {
    let conv = random_gatv2(config(), seed, DType::F64, &Device::Cpu).unwrap();
    let GatV2Weights { lin_l, lin_l_bias, lin_r, lin_r_bias, att, lin_edge, bias } = conv.weights();
    let optional = [lin_l_bias, lin_r_bias, lin_edge, bias].map(|t| t.as_ref().unwrap());
    [lin_l, lin_r, att].into_iter().chain(optional).flat_map(bits).collect()
}

#[test]
fn a_seed_fixes_every_byte() {
    for dtype in [DType::F32, DType::F64] {
        assert_eq!(gat_bits(1, dtype), gat_bits(1, dtype));
        assert_ne!(gat_bits(1, dtype), gat_bits(2, dtype));
    }
    assert_eq!(gatv2_bits(1), gatv2_bits(1));
    assert_ne!(gatv2_bits(1), gatv2_bits(2));
}

#[test]
fn f32_weights_are_the_f64_ones_rounded() {
    let wide = gat_bits(3, DType::F64);
    let narrow = gat_bits(3, DType::F32);
    let rounded = wide.iter().map(|&bits| u64::from((f64::from_bits(bits) as f32).to_bits()));
    assert!(rounded.eq(narrow));
}

#[test]
fn glorot_bounds_are_kept_and_used() {
    let config = GatConvConfig { heads: 4, ..GatConvConfig::new(40, 10) };
    let conv = random_gatv2(config, 9, DType::F64, &Device::Cpu).unwrap();
    let weights = conv.weights();
    let check = |t: &Tensor, bound: f64| {
        let values: Vec<f64> = t.flatten_all().unwrap().to_vec1().unwrap();
        let largest = values.iter().fold(0.0_f64, |max, v| max.max(v.abs()));
        assert!(largest <= bound && largest > 0.9 * bound, "{largest} of {bound}");
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        // Five standard errors of the mean of a uniform variable.
        assert!(mean.abs() < 5.0 * bound / (3.0 * values.len() as f64).sqrt(), "{mean}");
    };
    check(&weights.lin_l, (6.0_f64 / (40.0 + 40.0)).sqrt());
    check(&weights.lin_r, (6.0_f64 / (40.0 + 40.0)).sqrt());
    check(&weights.att, (6.0_f64 / (4.0 + 10.0)).sqrt());
    check(weights.lin_r_bias.as_ref().unwrap(), 1.0 / 40.0_f64.sqrt());
    let bias: Vec<f64> = weights.bias.as_ref().unwrap().to_vec1().unwrap();
    assert_eq!(bias, [0.0; 40]);
}

#[test]
fn the_members_of_an_ensemble_differ_in_what_they_say() {
    let graph = CsrGraph::new(4, &[0, 1, 2], &[1, 2, 3], SelfLoops::OnePerNode).unwrap();
    let x = tensor(&wave_rows(4, 3, 0.0), 3);
    for kind in [ConvKind::Gat, ConvKind::GatV2] {
        let config = SeedModelConfig { kind, ..SeedModelConfig::new(3, 8) };
        let run = |seed| {
            let model = random_seed_model(&config, seed, DType::F64, &Device::Cpu).unwrap();
            assert_eq!(model.layer1().kind(), kind);
            let result = model.forward(&x, &graph, None).unwrap();
            assert!(result.attention1.is_none() && result.attention2.is_none());
            result.out
        };
        let outputs: Vec<Tensor> = ensemble(11, 6).map(run).collect();
        for (member, out) in outputs.iter().enumerate() {
            assert!(rows(out).iter().flatten().all(|p| (0.0..1.0).contains(p)));
            assert_eq!(bits(out), bits(&run(ensemble(11, 6).nth(member).unwrap())));
            for other in &outputs[..member] {
                assert_ne!(bits(out), bits(other));
            }
        }
    }
}

#[test]
fn the_two_layers_are_drawn_from_streams_of_their_own() {
    let config = SeedModelConfig { heads: 1, ..SeedModelConfig::new(1, 1) };
    let model = random_seed_model(&config, 1, DType::F64, &Device::Cpu).unwrap();
    let lin = |conv: &Conv| match conv {
        Conv::Gat(conv) => bits(&conv.weights().lin),
        Conv::GatV2(_) => panic!("asked for static attention"),
    };
    assert_ne!(lin(model.layer1()), lin(model.layer2()));
}
