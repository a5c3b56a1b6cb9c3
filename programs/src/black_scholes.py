"""What options are worth by the model of Black and Scholes."""


def run(np, price, strike, years, rate, volatility):
    def below(x):
        """The share of the normal distribution below x, by a polynomial that is right to seven digits."""
        k = 1 / (1 + 0.2316419 * np.abs(x))
        series = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
        above = 0.3989422804014327 * np.exp(-0.5 * x * x) * series
        return np.where(x < 0, above, 1 - above)

    spread = volatility * np.sqrt(years)
    d_1 = (np.log(price / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
    d_2 = d_1 - spread
    discounted = strike * np.exp(-rate * years)
    call = price * below(d_1) - discounted * below(d_2)
    return call, call - price + discounted
