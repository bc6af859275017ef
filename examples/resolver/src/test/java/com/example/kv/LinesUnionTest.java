package com.example.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.resolver.ResolverLaws;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LinesUnionTest {
    @Test
    void itKeepsTheLawsOnCarts() {
        ResolverLaws.ofInstalled("lines-union")
                .values(LinesUnionTest::anyCart)
                .cases(10_000)
                .check();
    }

    @Test
    void itKeepsTheLawsOnAnyBytes() {
        ResolverLaws.ofInstalled("lines-union").cases(10_000).check();
    }

    @Test
    void bothCartsAreInTheResult() {
        assertThat(new LinesUnion().merge(bytes("cart"), bytes("milk\nbread"), bytes("eggs\nmilk")))
                .isEqualTo(bytes("bread\neggs\nmilk"));
    }

    private static byte[] anyCart(RandomGenerator random) {
        List<String> goods = List.of("milk", "bread", "eggs", "", "apples");
        StringBuilder cart = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            cart.append(goods.get(random.nextInt(goods.size()))).append('\n');
        }
        return bytes(cart.toString());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
