// Random graphs for the emulated attention kernels, and a plain reference in double precision.
#pragma once

#include "cuda.h"

#include <algorithm>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

typedef unsigned int u32;
typedef unsigned long long u64;

// Same numbers everywhere.
struct Random {
    u64 state;
    u32 next() {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        return u32(state >> 33);
    }
    u32 below(u32 limit) { return next() % limit; }
    double unit() { return next() / double(1u << 31) * 2 - 1; }
};

// An array that ends where readable memory ends: reading or writing beyond it stops the program.
template <typename T> struct Guarded {
    size_t size;
    T *data;
    explicit Guarded(size_t size, T value = T()) : size(size) {
        const size_t page = sysconf(_SC_PAGESIZE), bytes = (size * sizeof(T) + page - 1) / page * page;
        char *all = static_cast<char *>(
            mmap(nullptr, bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        if (all == MAP_FAILED || mprotect(all + bytes, page, PROT_NONE) != 0) std::abort();
        data = reinterpret_cast<T *>(all + bytes) - size;
        std::fill(data, data + size, value);
    }
    Guarded(const Guarded &) = delete;
    T &operator[](size_t at) { return data[at]; }
};

enum Special { PLAIN, HUGE_SCORES, SCORE_OVERFLOWS, RESULT_OVERFLOWS, NO_EDGES };

struct Case {
    const char *name;
    u64 seed;
    u32 nodes, heads, channels, most_edges, heads_of_a_warp;
    bool dynamic, edge, wide;
    Special special;
};

template <typename T> struct Problem {
    Case c;
    u32 edges;
    std::vector<u32> degree;
    Guarded<u32> row_start, slot_src, slot_edge;
    Guarded<T> values, src, dst, edge, att;
    u32 bad_node = ~0u;

    static u32 draw_degree(const Case &c, Random &random, u32 node) {
        if (c.special == NO_EDGES || node % 7 == 3) return 0;
        return random.below(3) == 0 ? random.below(c.most_edges + 1) : random.below(6);
    }
    static std::vector<u32> draw_degrees(const Case &c) {
        Random random{c.seed};
        std::vector<u32> degree(c.nodes);
        for (u32 node = 0; node < c.nodes; ++node) degree[node] = draw_degree(c, random, node);
        return degree;
    }
    static u32 total(const std::vector<u32> &degree) {
        u32 sum = 0;
        for (u32 d : degree) sum += d;
        return sum;
    }
    explicit Problem(const Case &c) : Problem(c, draw_degrees(c)) {}
    Problem(const Case &c, std::vector<u32> d)
        : c(c), edges(total(d)), degree(std::move(d)), row_start(c.nodes + 1), slot_src(edges),
          slot_edge(edges), values(size_t(c.nodes) * c.heads * c.channels),
          src(c.dynamic ? 0 : size_t(c.nodes) * c.heads),
          dst(size_t(c.nodes) * c.heads * (c.dynamic ? c.channels : 1)),
          edge(c.edge ? size_t(edges) * c.heads * (c.dynamic ? c.channels : 1) : 0),
          att(c.dynamic ? size_t(c.heads) * c.channels : 0) {
        Random random{c.seed + 1};
        for (u32 node = 0; node < c.nodes; ++node) row_start[node + 1] = row_start[node] + degree[node];
        for (u32 slot = 0; slot < edges; ++slot) {
            slot_src[slot] = random.below(c.nodes);
            slot_edge[slot] = slot;
        }
        for (u32 slot = edges; slot > 1; --slot) std::swap(slot_edge[slot - 1], slot_edge[random.below(slot)]);
        const double scale = c.dynamic ? 2 / std::sqrt(double(c.channels)) : 1;
        auto fill = [&](Guarded<T> &into, double by) {
            for (size_t at = 0; at < into.size; ++at) into[at] = T(random.unit() * by);
        };
        fill(values, 1), fill(src, 2), fill(dst, 2), fill(edge, 1), fill(att, scale);
        if (c.special == HUGE_SCORES) { // exact in float: quarters around 4096
            for (size_t at = 0; at < src.size; ++at) src[at] = T(4096 + std::floor(src[at] * 8) / 4);
            for (size_t at = 0; at < dst.size; ++at) dst[at] = T(std::floor(dst[at] * 8) / 4);
        }
        if (c.special == SCORE_OVERFLOWS || c.special == RESULT_OVERFLOWS) spoil();
    }

    // From the middle on, every node with edges but one in three overflows.
    void spoil() {
        const T big = T(sizeof(T) == 4 ? 3e38 : 1.5e308);
        const u32 width = c.heads * (c.dynamic ? c.channels : 1);
        for (u32 node = c.nodes / 2; node < c.nodes; ++node) {
            if (degree[node] < 2 || node % 3 == 0) continue;
            bad_node = std::min(bad_node, node);
            if (c.special == RESULT_OVERFLOWS) continue;
            for (u32 at = 0; at < width; ++at) dst[size_t(node) * width + at] = big;
        }
        for (size_t at = 0; at < src.size; ++at) {
            if (c.special == SCORE_OVERFLOWS) src[at] = big;
        }
        for (size_t at = 0; at < att.size; ++at) {
            if (c.special == SCORE_OVERFLOWS) att[at] = at % 3 ? T(2) : T(-2);
        }
        if (c.special == RESULT_OVERFLOWS) { // only the bad nodes read node 0, twice
            for (u32 at = 0; at < c.heads * c.channels; ++at) values[at] = big;
            for (u32 slot = 0; slot < edges; ++slot) slot_src[slot] = slot_src[slot] % (c.nodes - 1) + 1;
            for (u32 node = 0; node < c.nodes; ++node) {
                const bool bad = node >= c.nodes / 2 && degree[node] >= 2 && node % 3 != 0;
                for (u32 k = 0; bad && k < degree[node]; ++k) slot_src[row_start[node] + k] = 0;
            }
        }
    }

    double score(u32 node, u32 slot, u32 head) {
        const u64 j = slot_src[slot], e = slot_edge[slot], H = c.heads, C = c.channels;
        auto leaky = [](double x) { return x > 0 ? x : 0.2 * x; };
        if (!c.dynamic) {
            return leaky(double(src[j * H + head]) + dst[node * H + head] + (c.edge ? edge[e * H + head] : 0));
        }
        double sum = 0;
        for (u64 at = head * C; at < (head + 1) * C; ++at) {
            const double by = c.edge ? edge[e * H * C + at] : 0;
            sum += att[at] * leaky(double(values[j * H * C + at]) + dst[node * H * C + at] + by);
        }
        return sum;
    }

    void reference(std::vector<double> &out, std::vector<double> &alpha) {
        const u64 H = c.heads, C = c.channels;
        out.assign(u64(c.nodes) * H * C, 0);
        alpha.assign(u64(edges) * H, 0);
        for (u32 node = 0; node < c.nodes; ++node) {
            for (u32 head = 0; head < H; ++head) {
                double max = -INFINITY, sum = 0;
                std::vector<double> weight;
                for (u32 k = 0; k < degree[node]; ++k) {
                    weight.push_back(score(node, row_start[node] + k, head));
                    max = std::max(max, weight.back());
                }
                for (double &w : weight) sum += w = std::exp(w - max);
                for (u32 k = 0; k < degree[node]; ++k) {
                    const u64 slot = row_start[node] + k;
                    const double share = weight[k] / (sum + 1e-16);
                    alpha[slot_edge[slot] * H + head] = share;
                    for (u64 at = 0; at < C; ++at) {
                        out[(node * H + head) * C + at] += share * values[(slot_src[slot] * H + head) * C + at];
                    }
                }
            }
        }
    }
};
