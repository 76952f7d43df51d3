"""The Encoder protocol, the models behind it, and what loading one needs: names, weights, device, preprocessing."""
